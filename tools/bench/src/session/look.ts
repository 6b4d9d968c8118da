import { Redis } from 'ioredis';

/** A connection with the patience that ours have not: whoever fills a server up, or asks it while it is busy, can wait. */
export function connectPatiently(url: string): Redis {
  return new Redis(url);
}
