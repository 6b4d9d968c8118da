import type { Redis } from '../create-redis.js';
import { SupervisedRedis } from '../supervised-redis.js';

/** A test's own way to a Redis or Sentinel. It waits, where the platform on a busy machine has long given up. */
export function openSideDoor(url: string): Redis {
  return new SupervisedRedis(url, {
    commandTimeout: 10_000,
    retryStrategy: () => 50,
    disableClientInfo: true,
  });
}
