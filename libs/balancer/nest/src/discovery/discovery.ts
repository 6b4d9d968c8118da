import type { DiscoverySetting, DiscoverySource } from '@holdfast/balancer-core';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { Upstreams } from '@holdfast/balancer-http';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DnsMembers } from './dns-members.js';
import { StaticMembers } from './static-members.js';

/** How long answers from other services may still take when the application is about to end. */
const CLOSE_GRACE_MS = 1_000;

/** Injection token: where instances are heard of. */
export const DISCOVERY_SOURCE = Symbol('DISCOVERY_SOURCE');

/** The source that is set. */
export function discoverySource(setting: DiscoverySetting, registry: RedisRegistry): DiscoverySource {
  switch (setting.kind) {
    case 'registry':
      return registry;
    case 'static':
      return new StaticMembers(setting.origins);
    case 'dns':
      return new DnsMembers(setting.origins);
  }
}

/** Keeps the upstreams at what the source lists, for as long as the application runs. */
@Injectable()
export class Discovery implements OnModuleInit, OnApplicationShutdown {
  #watch: { stop(): void } | undefined;

  constructor(
    @Inject(DISCOVERY_SOURCE) private readonly source: DiscoverySource,
    private readonly registry: RedisRegistry,
    private readonly upstreams: Upstreams,
  ) {}

  onModuleInit(): void {
    this.#watch = this.source.watch((members) => this.upstreams.update(members));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#watch?.stop();
    await this.registry.close();
    await this.upstreams.close(CLOSE_GRACE_MS);
  }
}
