import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Sealing,
  SessionIds,
  SessionKeys,
  StoreUnavailableError,
  type NewSession,
} from '@holdfast/session-core';
import { RedisServer } from '@holdfast/session-testing';
import ioredis from 'ioredis';
import { createRedis, type Redis } from './create-redis.js';
import { RedisSessionStore } from './redis-session-store.js';
import { UnfencedAccess } from './unfenced-access.js';

const PATIENCE_MS = 1_000;
const ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
const sealing = new Sealing({ secret: randomBytes(32).toString('base64url') });
const secret = { hash: 'h1', keyId: 'k1' };

function draft(): NewSession {
  const userId = randomUUID();
  return {
    sessionId: ids.mint(userId),
    userId,
    roles: ['user'],
    acr: 1,
    client: { ip: '203.0.113.7', userAgent: 'spec' },
    epoch: 0,
    idleTimeoutMs: 60_000,
    absoluteTimeoutMs: 600_000,
  };
}

function openStore(url: string, change: { durability?: 'replicated'; patienceMs?: number } = {}) {
  const read = createRedis({ url }, 'read');
  const write = createRedis({ url }, 'write');
  const { durability = 'local', patienceMs = PATIENCE_MS } = change;
  const access = new UnfencedAccess({ read, write, durability });
  return new RedisSessionStore({ access, ids, sealing, tombstoneMs: 60_000, patienceMs });
}

/** Told that the store is away; a hang would run into the test's own time. */
function isRefused(operation: Promise<unknown>): Promise<void> {
  return expect(operation).rejects.toBeInstanceOf(StoreUnavailableError);
}

describe('a store that goes away', () => {
  let server: RedisServer;
  let store: RedisSessionStore;
  beforeEach(async () => {
    server = await RedisServer.start();
    store = openStore(server.url);
  });
  afterEach(async () => {
    await store.close();
    await server.dispose();
  });

  it('answers StoreUnavailableError within its patience when Redis is killed, and is back when Redis is', async () => {
    const session = draft();
    await store.begin(session, secret, 5);
    await server.kill();
    const operations = [
      store.read(session.sessionId),
      store.begin(draft(), secret, 5),
      store.end(session.sessionId, 'logout'),
      store.list(session.userId),
    ];
    await Promise.all(operations.map(isRefused));
    await server.start();
    const patient = openStore(server.url, { patienceMs: 5_000 });
    expect(await patient.read(session.sessionId)).toMatchObject({ state: 'live' });
    await patient.close();
    expect(await eventually(() => store.begin(draft(), secret, 5))).toMatchObject({ outcome: 'begun' });
  });

  it('never hangs with a Redis that does, and recovers when it wakes', async () => {
    const session = draft();
    await store.begin(session, secret, 5);
    server.hang();
    const operations = [
      store.read(session.sessionId),
      store.touch(session.sessionId),
      store.begin(draft(), secret, 5),
    ];
    await Promise.all(operations.map(isRefused));
    server.wake();
    expect(await eventually(() => store.read(session.sessionId))).toMatchObject({ state: 'live' });
    expect(await eventually(() => store.begin(draft(), secret, 5))).toMatchObject({ outcome: 'begun' });
  });

  it('makes a short hang a pause: what was asked meanwhile is answered', async () => {
    const patient = openStore(server.url, { patienceMs: 5_000 });
    const session = draft();
    await patient.begin(session, secret, 5);
    server.hang();
    const asked = Promise.all([
      patient.read(session.sessionId),
      patient.end(session.sessionId, 'logout'),
      patient.begin(draft(), secret, 5),
    ]);
    await sleep(700);
    server.wake();
    expect(await asked).toMatchObject([{}, true, { outcome: 'begun' }]);
    await patient.close();
  });

  it('does not mind when Redis forgets its scripts', async () => {
    const side = createRedis({ url: server.url }, 'general');
    const session = draft();
    await store.begin(session, secret, 5);
    await store.read(session.sessionId);
    await side.script('FLUSH');
    expect(await store.read(session.sessionId)).toMatchObject({ state: 'live' });
    await side.script('FLUSH');
    const both = [store.begin(draft(), secret, 5), store.begin(draft(), secret, 5)];
    expect(await Promise.all(both)).toMatchObject([{ outcome: 'begun' }, { outcome: 'begun' }]);
    await side.quit();
  });

  it('takes a passed deadline for a fact while nothing can be written', async () => {
    const side = createRedis({ url: server.url }, 'general');
    const [short, long] = [{ ...draft(), absoluteTimeoutMs: 1 }, draft()];
    await store.begin(short, secret, 5);
    await store.begin(long, secret, 5);
    await side.config('SET', 'min-replicas-to-write', '1');
    await eventually(async () => {
      expect(await store.read(short.sessionId)).toMatchObject({ state: 'ended', because: 'expired' });
    });
    expect(await store.read(long.sessionId)).toMatchObject({ state: 'live' });
    expect(await store.listEnded(short.userId)).toEqual([]);
    await isRefused(store.amend(long.sessionId, 1, { acr: 2 }));
    await side.config('SET', 'min-replicas-to-write', '0');
    await store.read(short.sessionId);
    expect(await store.listEnded(short.userId)).toMatchObject([{ because: 'expired' }]);
    expect(await store.read(long.sessionId)).toMatchObject({ record: { version: 1, acr: 1 } });
    await side.quit();
  });

  it('says that the store cannot answer when a record is unreadable', async () => {
    const side = createRedis({ url: server.url }, 'general');
    const session = draft();
    await store.begin(session, secret, 5);
    const [key = ''] = await side.keys('hf:*:s:*');
    const record = (await side.getBuffer(key)) ?? Buffer.alloc(0);
    for (const unreadable of ['9 something newer', record.subarray(0, -1), '']) {
      await side.set(key, unreadable);
      await isRefused(store.read(session.sessionId));
    }
    await side.quit();
  });
});

describe('a store that answers only what a replica has', () => {
  let primary: RedisServer;
  let replica: RedisServer;
  let store: RedisSessionStore;
  beforeAll(async () => {
    primary = await RedisServer.start();
    replica = await RedisServer.start('--replicaof', '127.0.0.1', String(primary.port));
    store = openStore(primary.url, { durability: 'replicated' });
    await eventually(() => store.begin(draft(), secret, 5));
  });
  afterAll(async () => {
    await store.close();
    await replica.dispose();
    await primary.dispose();
  });

  it('has replicated a session when its begin answers', async () => {
    const session = draft();
    await store.begin(session, secret, 5);
    const copy = createRedis({ url: replica.url }, 'general');
    expect(
      await copy.exists(`hf:{${ids.userTag(session.userId)}}:s:${ids.parse(session.sessionId)?.name}`),
    ).toBe(1);
    await copy.quit();
  });

  it('refuses writes that no replica acknowledges, repeated ones too, and goes on reading', async () => {
    const session = draft();
    await store.begin(session, secret, 5);
    replica.hang();
    try {
      await isRefused(store.end(session.sessionId, 'logout'));
      // The tombstone is on the primary now, so a repetition writes nothing: it must not pass for acknowledged.
      const other = openStore(primary.url, { durability: 'replicated' });
      await isRefused(other.end(session.sessionId, 'logout'));
      await other.close();
      expect(await store.read(session.sessionId)).toMatchObject({ state: 'ended' });
    } finally {
      replica.wake();
    }
    expect(await eventually(() => store.begin(draft(), secret, 5))).toMatchObject({ outcome: 'begun' });
  });

  it('answers a write that was under way when the replica came back, as the first attempt would have', async () => {
    const patient = openStore(primary.url, { durability: 'replicated', patienceMs: 5_000 });
    const session = draft();
    await patient.begin(session, secret, 5);
    replica.hang();
    const ended = patient.end(session.sessionId, 'logout');
    await sleep(500);
    replica.wake();
    expect(await ended).toBe(true);
    await patient.close();
  });
});

describe('a connection', () => {
  const url = process.env['TEST_REDIS_URL'] ?? '';
  const closeUnasked = (redis: Redis) => ioredis.Redis.prototype.disconnect.call(redis);
  const ready = (redis: Redis) => new Promise((resolve) => redis.once('ready', resolve));

  it('comes back from an end that nobody asked for', async () => {
    const redis = createRedis({ url }, 'general');
    await ready(redis);
    const back = ready(redis);
    closeUnasked(redis);
    await back;
    expect(await redis.ping()).toBe('PONG');
    await redis.quit();
  });

  it.each(['quit', 'disconnect'] as const)('stays ended after %s', async (close) => {
    const redis = createRedis({ url }, 'general');
    await ready(redis);
    await redis[close]();
    await sleep(150);
    expect(redis.status).toBe('end');
  });

  it('needs to know where Redis is', () => {
    expect(() => createRedis({}, 'read')).toThrow(TypeError);
  });
});

async function eventually<T>(operation: () => Promise<T>): Promise<T> {
  const patience = Date.now() + 8_000;
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (Date.now() > patience) throw error;
      await sleep(50);
    }
  }
}
