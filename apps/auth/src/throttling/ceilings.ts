import type { Redis } from 'ioredis';
import { insuredLimiter, spend } from '@holdfast/service-defaults';
import { rateLimited } from './rate-limited.js';
import type { ThrottleKeys } from './throttle-keys.js';

/** What has a ceiling; each is counted for itself. */
export type CeilingKind = 'refresh' | 'registration' | 'guest' | 'reset';

const KINDS = ['refresh', 'registration', 'guest', 'reset'] as const satisfies readonly CeilingKind[];

/** How often one address may do what costs us much and needs no proof: so many times a second, each kind. */
export class Ceilings {
  private readonly limiters: ReadonlyMap<CeilingKind, ReturnType<typeof insuredLimiter>>;

  /** @param perSecond - 0: no ceiling */
  constructor(
    redis: Redis,
    private readonly keys: ThrottleKeys,
    perSecond: number,
  ) {
    const limiter = (name: string) =>
      insuredLimiter(redis, { name, points: perSecond, durationMs: 1_000, remembersFull: true });
    this.limiters = new Map(perSecond === 0 ? [] : KINDS.map((kind) => [kind, limiter(kind)]));
  }

  /** `ERR_RATE_LIMITED` with `Retry-After` when the address has reached its ceiling. */
  async take(kind: CeilingKind, address: string): Promise<void> {
    const limiter = this.limiters.get(kind);
    if (!limiter) return;
    const { isOver, msBeforeNext } = await spend(limiter, this.keys.address(address));
    if (isOver) throw rateLimited('Too many requests from this address', msBeforeNext);
  }
}
