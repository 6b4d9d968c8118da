import { randomUUID } from 'node:crypto';
import { startRedis } from '@holdfast/launcher';
import { countLiveSessions } from '@holdfast/session-redis';
import { inFlight } from './in-flight.js';
import { CLIENT, connectInstance } from './instance.js';
import { infoNumber, lookAt, measure } from './measure.js';

/** What one session takes of Redis: bytes of its memory, and what counting all of them takes of its time. */
export interface SessionBytes {
  readonly sessionsPerUser: number;
  readonly bytes: number;
  /** Milliseconds of Redis's processor time for one count of all sessions. */
  readonly countMs: number;
}

/**
 * What a session without data takes in Redis: begun from a common browser, refreshed once, with its keys, deadlines and
 * share of the tables. Measured as the growth of `used_memory` on a server of its own.
 */
export async function measureBytes(sessions: number, sessionsPerUser: number): Promise<SessionBytes> {
  const server = await startRedis();
  const redis = lookAt(server.url);
  const { manager, store } = connectInstance(server.url, 'local');
  try {
    const users = Array.from({ length: Math.ceil(sessions / sessionsPerUser) }, () => randomUUID());
    const begin = async (n: number): Promise<void> => {
      const userId = users[Math.floor(n / sessionsPerUser)] ?? randomUUID();
      const { refreshToken } = await manager.begin({ userId, roles: ['user'], client: CLIENT });
      const refreshed = await manager.refresh(refreshToken);
      if (refreshed.outcome !== 'refreshed') throw new Error('The refresh was refused.');
    };
    const before = await infoNumber(redis, 'memory', 'used_memory');
    await inFlight(sessions, 200, begin);
    const after = await infoNumber(redis, 'memory', 'used_memory');
    const { redisMicros } = await measure(redis, 1, async () => {
      const live = await countLiveSessions(redis, { rest: async () => undefined });
      if (live !== sessions) throw new Error(`${live} of ${sessions} sessions were counted.`);
    });
    return { sessionsPerUser, bytes: (after - before) / sessions, countMs: redisMicros / 1_000 };
  } finally {
    await store.close();
    await redis.quit();
    await server.stop();
  }
}
