import { randomBytes, randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Sealing, SessionIds, SessionKeys } from '@holdfast/session-core';
import { RedisServer } from '@holdfast/session-testing';
import { createRedis } from './create-redis.js';
import { RedisSessionStore } from './redis-session-store.js';

const ids = new SessionIds(SessionKeys.fromSecret(randomBytes(32).toString('base64url')));
const sealing = new Sealing({ secret: randomBytes(32).toString('base64url') });
const secret = { hash: 'h1', keyId: 'k1' };
const file = join(tmpdir(), `holdfast-sentinel-${randomUUID()}.conf`);
let servers: RedisServer[] = [];
let store: RedisSessionStore;

beforeAll(async () => {
  const primary = await RedisServer.start();
  const replicaOf = ['--replicaof', '127.0.0.1', String(primary.port)];
  const replicas = [await RedisServer.start(...replicaOf), await RedisServer.start(...replicaOf)];
  const settings = ['down-after-milliseconds holdfast 500', 'failover-timeout holdfast 10000'];
  const monitor = `monitor holdfast 127.0.0.1 ${primary.port} 1`;
  await writeFile(file, [monitor, ...settings].map((line) => `sentinel ${line}\n`).join(''));
  const sentinel = await RedisServer.startSentinel(file);
  servers = [primary, ...replicas, sentinel];
  const config = { sentinels: [{ host: '127.0.0.1', port: sentinel.port }] };
  const [read, write] = [createRedis(config, 'read'), createRedis(config, 'write')];
  const options = { read, write, ids, sealing, durability: 'replicated', tombstoneMs: 60_000 } as const;
  store = new RedisSessionStore(options);
}, 30_000);

afterAll(async () => {
  await store.close();
  await Promise.all(servers.map((server) => server.dispose()));
  await rm(file, { force: true });
});

async function begin(): Promise<string> {
  const userId = randomUUID();
  const sessionId = ids.mint(userId);
  const client = { ip: '203.0.113.7', userAgent: 'spec' };
  const timeouts = { idleTimeoutMs: 60_000, absoluteTimeoutMs: 600_000 };
  await store.begin({ sessionId, userId, roles: [], acr: 1, client, epoch: 0, ...timeouts }, secret, 5);
  return sessionId;
}

/** What was acknowledged; what was refused is left out. */
async function acknowledged<T>(operation: Promise<T>): Promise<T | undefined> {
  return operation.catch(() => undefined);
}

it('G5: loses no acknowledged session and undoes no acknowledged logout when the primary is killed', async () => {
  // Sentinel must have seen the replicas before it can promote one.
  for (let tries = 0; (await acknowledged(begin())) === undefined && tries < 20; tries += 1) await sleep(100);
  await sleep(1_500);
  const begun: string[] = [];
  const ended: string[] = [];
  let over = false;
  const load = async () => {
    while (!over) {
      const sessionId = await acknowledged(begin());
      if (sessionId === undefined) continue;
      begun.push(sessionId);
      if (begun.length % 2 && (await acknowledged(store.end(sessionId, 'logout')))) ended.push(sessionId);
    }
  };
  const clients = Array.from({ length: 8 }, load);
  await sleep(300);
  const before = begun.length;
  await servers[0]?.kill();
  const killedAt = performance.now();
  while (begun.length < before + 50 && performance.now() - killedAt < 20_000) await sleep(50);
  over = true;
  await Promise.all(clients);
  expect(begun.length).toBeGreaterThanOrEqual(before + 50);
  const states = await Promise.all(begun.map((sessionId) => store.read(sessionId)));
  expect(states.filter(({ state }) => state === 'absent')).toEqual([]);
  const undone = (await Promise.all(ended.map((sessionId) => store.read(sessionId)))).filter(
    ({ state }) => state !== 'ended',
  );
  expect(undone).toEqual([]);
  expect(ended.length).toBeGreaterThan(10);
}, 60_000);
