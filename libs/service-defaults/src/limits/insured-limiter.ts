import type { Redis } from '@holdfast/session-redis';
import limiters from 'rate-limiter-flexible';

const { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } = limiters;

/** What a limiter counts up to, and for how long. */
export interface LimiterSettings {
  /** Part of the key in Redis. */
  readonly name: string;
  readonly points: number;
  /** From the first point on. Whole seconds: rounded up. */
  readonly durationMs: number;
  /** Whether a full count is remembered here, so that a flood does not become one of Redis. Default: no. */
  readonly remembersFull?: boolean;
}

/**
 * A count that all instances share in Redis. While Redis is away each process counts by itself, at once and from
 * nothing; what it counted is not carried over when Redis is back.
 */
export function insuredLimiter(redis: Redis, settings: LimiterSettings): limiters.RateLimiterRedis {
  const { name, points, durationMs, remembersFull = false } = settings;
  const options = { keyPrefix: `hf:rl:${name}`, points, duration: Math.ceil(durationMs / 1000) };
  return new RateLimiterRedis({
    ...options,
    storeClient: redis,
    rejectIfRedisNotReady: true,
    insuranceLimiter: new RateLimiterMemory(options),
    ...(remembersFull && { inMemoryBlockOnConsumed: points + 1 }),
  });
}

/** What came of counting one more. */
export interface Spent {
  readonly isOver: boolean;
  /** How many more there may be, 0 at least. */
  readonly left: number;
  /** Until the count begins anew. */
  readonly msBeforeNext: number;
}

/** Counts one more of `key`. Rejects only if the limiter itself fails. */
export async function spend(
  limiter: Pick<limiters.RateLimiterRedis, 'consume'>,
  key: string,
): Promise<Spent> {
  try {
    return spent(await limiter.consume(key), false);
  } catch (result) {
    if (result instanceof RateLimiterRes) return spent(result, true);
    throw result;
  }
}

function spent({ remainingPoints, msBeforeNext }: limiters.RateLimiterRes, isOver: boolean): Spent {
  return { isOver, left: Math.max(0, remainingPoints), msBeforeNext };
}
