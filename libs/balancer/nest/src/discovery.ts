import { RedisRegistry } from '@holdfast/balancer-redis';
import { Upstreams } from '@holdfast/balancer-undici';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

/** How long answers from other services may still take when the application is about to end. */
const CLOSE_GRACE_MS = 1_000;

/** Keeps the upstreams at what the registry lists, for as long as the application runs. */
@Injectable()
export class Discovery implements OnModuleInit, OnApplicationShutdown {
  constructor(
    private readonly registry: RedisRegistry,
    private readonly upstreams: Upstreams,
  ) {}

  onModuleInit(): void {
    this.registry.watch((members) => this.upstreams.update(members));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.registry.close();
    await this.upstreams.close(CLOSE_GRACE_MS);
  }
}
