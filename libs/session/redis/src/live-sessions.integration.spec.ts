import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisServer } from '@holdfast/session-testing';
import type { Redis } from './create-redis.js';
import { countLiveSessions } from './live-sessions.js';
import { Instances } from './spec/instances.js';
import { openSideDoor } from './spec/side-door.js';

const instances = new Instances();
const client = { ip: '203.0.113.7', userAgent: 'spec' };
const USERS = 2_500;

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = openSideDoor(server.url);
});
beforeEach(() => redis.flushall());
afterAll(async () => {
  await instances.close();
  await redis.quit();
  await server.dispose();
});

/** Indexes as the scripts write them, each with a session that is live and one whose idle deadline has passed. */
async function manyUsers(): Promise<void> {
  const now = Date.now();
  const pipeline = redis.pipeline();
  for (let n = 0; n < USERS; n += 1)
    pipeline.zadd(`hf:{user${n}}:i`, now + 3_600_000, 'live', now - 3_600_000, 'idle');
  await pipeline.exec();
}

describe('countLiveSessions', () => {
  it('counts users’ and guests’ sessions, and none that ended', async () => {
    const { manager } = instances.add(server.url);
    const [ada, bob] = [randomUUID(), randomUUID()];
    for (const userId of [ada, ada, ada, bob, bob]) await manager.begin({ userId, roles: ['user'], client });
    await manager.begin({ userId: randomUUID(), roles: ['guest'], client, guest: true });
    expect(await countLiveSessions(redis)).toBe(6);
    const { session } = await manager.begin({ userId: ada, roles: ['user'], client });
    await manager.revoke(session.record.sessionId, 'logout');
    expect(await countLiveSessions(redis)).toBe(6);
    await manager.revokeAll(bob, 'revoked');
    expect(await countLiveSessions(redis)).toBe(4);
  });

  it('counts none of an empty store, and no other key', async () => {
    await redis.mset('hf:i:auth-1', 'a beat', 'hf:{registry}:members', 'x', 'hf:{u}:s:i', 'x');
    expect(await countLiveSessions(redis)).toBe(0);
  });

  it('walks in small steps, rests after each but the last, and leaves out who is idle for too long', async () => {
    await manyUsers();
    const rests: number[] = [];
    const rest = async (ms: number) => void rests.push(ms);
    expect(await countLiveSessions(redis, { rest })).toBe(USERS);
    const asked = Number(/cmdstat_scan:calls=(\d+)/.exec(await redis.info('commandstats'))?.[1]);
    expect(rests.length).toBeGreaterThanOrEqual(2);
    expect(asked).toBeGreaterThan(rests.length);
    expect(Math.min(...rests)).toBeGreaterThan(0);
  });

  it('ends where it is told to, and counts nothing then', async () => {
    await manyUsers();
    const stopping = new AbortController();
    const rest = async () => stopping.abort();
    await expect(countLiveSessions(redis, { rest, signal: stopping.signal })).rejects.toThrow();
  });

  it('rejects when Redis does not answer', async () => {
    const away = openSideDoor(server.url);
    await away.quit();
    await expect(countLiveSessions(away)).rejects.toThrow();
  });
});
