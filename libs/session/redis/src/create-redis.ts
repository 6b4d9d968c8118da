import type { Redis as Client } from 'ioredis';
import { type ConnectionOptions, SupervisedRedis } from './supervised-redis.js';

/** Where Redis is: a URL, or Sentinels that know the primary. */
export interface RedisConfig {
  /** `redis://host:port`; ignored when there are Sentinels. */
  readonly url?: string;
  readonly sentinels?: readonly { readonly host: string; readonly port: number }[];
  /** The primary's name at the Sentinels. Default `holdfast`. */
  readonly masterName?: string;
  readonly password?: string;
}

/**
 * What a connection is for. `read`: many small reads at once, given up early. `write`: the durable writer's
 * own, because its `WAIT` blocks whatever is behind it. `journal`: blocking reads of the journal, nothing else. `general`: everything else (registry, publish and subscribe).
 */
export type RedisRole = 'read' | 'write' | 'journal' | 'general';

/** A connection of ours: ioredis, which also comes back from states that it would stay in for good. */
export type Redis = Client;

/**
 * For how long a read of the journal blocks, in milliseconds. Under half of the time for which a confirmation is good,
 * so that one that is late loses nothing.
 */
export const BLOCK_MS = 350;

const RECONNECT = 1;
const RECONNECT_AND_RESEND = 2;
const MAX_DELAY_MS = 200;

/**
 * Connects to Redis with the settings that recovered best from killed, hung and demoted primaries:
 * `socketTimeout` is what notices a hung one; `READONLY`, `LOADING` and `MASTERDOWN` mean that we hold the wrong one.
 * Errors of the connection are events (`error`); listen to them to log them.
 *
 * @throws TypeError if neither a URL nor Sentinels are given
 */
export function createRedis(config: RedisConfig, role: RedisRole): Redis {
  const options: ConnectionOptions = {
    ...endpoint(config),
    ...(config.password === undefined ? {} : { password: config.password }),
    connectTimeout: 300,
    sentinelCommandTimeout: 300,
    disconnectTimeout: 100,
    ...timeoutsOf(role),
    // The store repeats by itself. A queue, or sending again after a reconnect, would carry out what has long been
    // answered as failed, and on a primary that nobody believes: a rotation that comes so late makes a thief of its owner.
    enableOfflineQueue: role === 'general',
    autoResendUnfulfilledCommands: role === 'general',
    maxRetriesPerRequest: role === 'general' ? 1 : 0,
    enableAutoPipelining: role === 'read',
    disableClientInfo: true,
    retryStrategy: delayMs,
    sentinelRetryStrategy: delayMs,
    reconnectOnError: (error) =>
      isWrongServer(error) && (role === 'general' ? RECONNECT_AND_RESEND : RECONNECT),
  };
  const { url, sentinels } = config;
  return sentinels?.length || !url ? new SupervisedRedis(options) : new SupervisedRedis(url, options);
}

/** Ends a connection: what was asked is answered first, unless it takes too long. */
export async function hangUp(redis: Redis): Promise<void> {
  await redis.quit().catch(() => redis.disconnect());
}

/**
 * A blocking read takes as long as it blocks, and its client must not answer it by itself: an answer that the server
 * has not given would say that nothing has happened.
 */
function timeoutsOf(role: RedisRole): Pick<ConnectionOptions, 'commandTimeout' | 'socketTimeout'> {
  if (role === 'journal') return { socketTimeout: 2 * BLOCK_MS + 200 };
  return { commandTimeout: role === 'read' ? 150 : 300, socketTimeout: 400 };
}

function endpoint({ url, sentinels, masterName = 'holdfast' }: RedisConfig): ConnectionOptions {
  if (sentinels?.length)
    return { sentinels: sentinels.map(({ host, port }) => ({ host, port })), name: masterName };
  if (!url) throw new TypeError('Redis needs a URL or Sentinels.');
  return {};
}

/** Jitter, so that a fleet that lost its primary does not come back in one beat. */
function delayMs(attempt: number): number {
  return Math.min(25 * attempt, MAX_DELAY_MS) + Math.floor(Math.random() * 25);
}

function isWrongServer({ message }: Error): boolean {
  return /\b(READONLY|LOADING|MASTERDOWN)\b/.test(message);
}
