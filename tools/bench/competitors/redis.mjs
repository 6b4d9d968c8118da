import { createClient } from 'redis';

/** The client that `connect-redis` is written for, with its own settings. */
export function connect() {
  return createClient({ url: process.env.REDIS_URL }).connect();
}
