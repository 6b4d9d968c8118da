import { RedisRegistry } from '@holdfast/balancer-redis';
import { Inject, Injectable } from '@nestjs/common';
import { settled } from './settled.js';
import { Readiness } from './readiness.js';

const LISTED_WITHIN_MS = 2_000;
/** A registry that is away must not hold up a drain: our lease ends by itself. */
const TOLD_WITHIN_MS = 300;

/** Injection token: which service and which instance this process is. */
export const SERVICE_IDENTITY = Symbol('SERVICE_IDENTITY');

/** Which service and which instance a process is. */
export interface ServiceIdentity {
  readonly service: string;
  readonly instanceId: string;
  /** Its share under the policy `weighted`, in relation to other instances. */
  readonly weight: number;
}

/** This process's membership in the registry, told by `/readyz` in step with it. */
@Injectable()
export class Membership {
  #isLeaving = false;

  constructor(
    private readonly registry: RedisRegistry,
    private readonly readiness: Readiness,
    @Inject(SERVICE_IDENTITY) private readonly identity: ServiceIdentity,
  ) {}

  /** From now on requests are welcome. A registry that is away is waited for 2 s: it hears of us once it is back. */
  async join(url: string): Promise<void> {
    const { service, instanceId: id, weight } = this.identity;
    this.readiness.state = 'ready';
    const run = { pid: process.pid, startedAt: Date.now() };
    const member = { id, service, url, state: 'ready', ...run, weight } as const;
    await settled(this.registry.announce(member), LISTED_WITHIN_MS);
  }

  /** No new requests, please, until `resume`. What comes all the same is answered. */
  async pause(): Promise<void> {
    this.readiness.state = 'draining';
    await settled(this.registry.drain(this.identity.instanceId), TOLD_WITHIN_MS);
  }

  /** Requests are welcome again. `false`: not here, this process is about to end. */
  async resume(): Promise<boolean> {
    if (this.#isLeaving) return false;
    this.readiness.state = 'ready';
    await settled(this.registry.undrain(this.identity.instanceId), TOLD_WITHIN_MS);
    return true;
  }

  /** No new requests, please, and there is no way back. */
  async drain(): Promise<void> {
    this.#isLeaving = true;
    await this.pause();
  }

  /** Gone for good. */
  async leave(): Promise<void> {
    await settled(this.registry.withdraw(this.identity.instanceId), TOLD_WITHIN_MS);
  }
}
