import { RedisRegistry } from '@holdfast/balancer-redis';
import { Inject, Injectable } from '@nestjs/common';
import { Readiness } from './readiness.js';

/** Injection token: which service and which instance this process is. */
export const SERVICE_IDENTITY = Symbol('SERVICE_IDENTITY');

/** Which service and which instance a process is. */
export interface ServiceIdentity {
  readonly service: string;
  readonly instanceId: string;
}

/** This process's membership in the registry, told by `/readyz` in step with it. */
@Injectable()
export class Membership {
  constructor(
    private readonly registry: RedisRegistry,
    private readonly readiness: Readiness,
    @Inject(SERVICE_IDENTITY) private readonly identity: ServiceIdentity,
  ) {}

  /** From now on requests are welcome. Does not wait for a registry that is away: it hears of us once it is back. */
  async join(url: string): Promise<void> {
    const { service, instanceId: id } = this.identity;
    this.readiness.state = 'ready';
    await this.registry.announce({
      id,
      service,
      url,
      state: 'ready',
      pid: process.pid,
      startedAt: Date.now(),
    });
  }

  /** No new requests, please. */
  async drain(): Promise<void> {
    this.readiness.state = 'draining';
    await this.registry.drain(this.identity.instanceId);
  }

  /** Gone for good. */
  async leave(): Promise<void> {
    await this.registry.withdraw(this.identity.instanceId);
  }
}
