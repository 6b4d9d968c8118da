import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SessionIds, SessionKeys, type SessionManager } from '@holdfast/session-core';
import { anyData, RedisServer } from '@holdfast/session-testing';
import type { Redis } from './create-redis.js';
import { Instances, newSecret } from './spec/instances.js';
import { openSideDoor } from './spec/side-door.js';

const instances = new Instances();
const { ids } = instances;
const client = { ip: '203.0.113.7', userAgent: 'spec' };
const order = anyData<unknown>('order', 'spec');
const numbers = anyData<number[]>('order', 'spec');

// A server of its own: what these tests count and dump, nobody else has a part in.
let server: RedisServer;
let side: Redis;

/** A store as each instance has its own: with its own connections. */
const instance = () => instances.add(server.url);

const begin = (manager: SessionManager, userId: string = randomUUID()) =>
  manager.begin({ userId, roles: ['user'], client });

/** How many commands Redis has run for clients, but for those that ask. */
async function commandsRun(): Promise<number> {
  const stats = await side.info('commandstats');
  const calls = [...stats.matchAll(/cmdstat_(\S+):calls=(\d+)/g)];
  // What scripts call counts as well, so only commands that clients send are looked at.
  return calls
    .filter(([, name]) => /^(evalsha|eval)$/.test(name ?? ''))
    .reduce((sum, [, , n]) => sum + Number(n), 0);
}

async function everythingSeen(): Promise<string> {
  const stats = await side.info('commandstats');
  return stats.replace(/cmdstat_(info|ping|hello|client\S*):.*\r\n/g, '').replace(/usec\S*/g, '');
}

beforeAll(async () => {
  server = await RedisServer.start();
  side = openSideDoor(server.url);
});

afterAll(async () => {
  await instances.close();
  await side.quit();
  await server.dispose();
});

it('G1: a session begun on one instance is valid on every other at once', async () => {
  const those = [instance(), instance(), instance()];
  await Promise.all(those.map(({ store }) => store.epoch('warm')));
  for (let i = 0; i < 50; i += 1) {
    const { session } = await begin(those[i % 3]?.manager ?? instance().manager);
    const seen = await Promise.all(those.map(({ manager }) => manager.resolve(session.record.sessionId)));
    expect(seen).toEqual([session, session, session]);
  }
});

it('G8: a session ended on one instance is over on every other when the end answers', async () => {
  const [a, b] = [instance(), instance()];
  const { session } = await begin(a.manager);
  expect(await b.manager.revoke(session.record.sessionId, 'logout')).toMatchObject({ revoked: 1 });
  expect(await a.manager.resolve(session.record.sessionId)).toMatchObject({ because: 'logout' });
});

it('G10: 200 parallel updates through four instances all count', async () => {
  const managers = Array.from({ length: 4 }, () => instance().manager);
  const { sessionId } = (await begin(instance().manager)).session.record;
  const carts = managers.map((manager) => manager.namespace(numbers));
  const updates = carts.flatMap((cart, c) =>
    Array.from({ length: 50 }, (_, i) => cart.update(sessionId, (seen = []) => [...seen, 50 * c + i])),
  );
  await Promise.all(updates);
  const { version, value } = await instance().manager.namespace(numbers).read(sessionId);
  expect(version).toBe(200);
  expect([...(value ?? [])].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
});

it('G11: 20 refreshes at once on two instances give one and the same successor', async () => {
  const [a, b] = [instance().manager, instance().manager];
  const { refreshToken } = await begin(a);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 ? a : b).refresh(refreshToken)),
  );
  const tokens = new Set(outcomes.map((one) => (one.outcome === 'refreshed' ? one.refreshToken : 'refused')));
  expect(tokens.size).toBe(1);
  expect(tokens).not.toContain('refused');
  expect(await b.refresh([...tokens][0] ?? '')).toMatchObject({ outcome: 'refreshed' });
});

it('G1: a cookie that one instance handed out opens the session on every other, and a step-up rotates it there', async () => {
  const [a, b] = [instance().manager, instance().manager];
  const { session, cookie } = await a.begin({ userId: randomUUID(), roles: [], client, transport: 'cookie' });
  expect(await b.resolveCookie(cookie)).toEqual(session);
  const stepped = await b.stepUp(session.record.sessionId, { acr: 2 });
  if (stepped.transport !== 'cookie') throw new Error('no cookie');
  expect(await a.resolveCookie(stepped.cookie)).toEqual(stepped.session);
  expect(await a.resolveCookie(cookie)).toMatchObject({ state: 'live', record: { acr: 1, version: 2 } });
  await a.revoke(session.record.sessionId, 'logout');
  for (const spent of [cookie, stepped.cookie]) {
    expect(await b.resolveCookie(spent)).toMatchObject({ state: 'ended', because: 'logout' });
  }
});

it('loses neither a step-up nor the roles when several instances amend one session at once', async () => {
  const managers = Array.from({ length: 4 }, () => instance().manager);
  const userId = randomUUID();
  const { session } = await begin(managers[0] ?? instance().manager, userId);
  const { sessionId } = session.record;
  const changes = managers.flatMap((manager, m) => [
    ...Array.from({ length: 5 }, () => manager.stepUp(sessionId, { acr: 2 })),
    manager.changeRoles(userId, { roles: ['user', `role-${m}`], authzVersion: m + 1 }),
  ]);
  await Promise.all(changes);
  const found = await instance().manager.resolve(sessionId);
  expect(found).toMatchObject({ record: { acr: 2, steppedUpAt: expect.any(Number) } });
  expect(found).toMatchObject({ record: { roles: ['user', 'role-3'] } });
});

it('G8: a demotion on one instance holds on every other when it answers, also against a sign-in in flight', async () => {
  const [a, b] = [instance().manager, instance().manager];
  const userId = randomUUID();
  const input = { userId, roles: ['user', 'admin'], client };
  const epoch = await b.epoch(userId);
  const before = await b.begin(input);
  const inFlight = Array.from({ length: 20 }, () => b.begin({ ...input, epoch }));
  await Promise.all([
    a.changeRoles(userId, { roles: ['user'], authzVersion: 1 }),
    Promise.allSettled(inFlight),
  ]);
  const roles = (await b.list(userId)).map(({ record }) => record.roles);
  expect(roles.length).toBeGreaterThan(0);
  expect(roles.flat()).not.toContain('admin');
  expect(await b.resolve(before.session.record.sessionId)).toMatchObject({ record: { roles: ['user'] } });
});

it('reads a session, judged by its deadlines, in one command', async () => {
  const { manager, store } = instance();
  const { session } = await begin(manager);
  await store.read(session.record.sessionId);
  const before = await commandsRun();
  for (let i = 0; i < 10; i += 1) await store.read(session.record.sessionId);
  expect((await commandsRun()) - before).toBe(10);
});

it('G16: refuses forged ids and tokens without a Redis command', async () => {
  const { manager, store } = instance();
  const { session, refreshToken } = await begin(manager);
  const { sessionId } = session.record;
  const { cookie } = await manager.begin({ userId: randomUUID(), roles: [], client, transport: 'cookie' });
  const flip = (text: string, at: number) =>
    text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  const foreign = new SessionIds(SessionKeys.fromSecret(newSecret())).mint('somebody');
  const forged = [
    ...Array.from({ length: 64 }, (_, at) => flip(sessionId, at)),
    foreign,
    '',
    'x',
    `${sessionId}A`,
  ];
  await store.touch(sessionId);
  const before = await everythingSeen();
  for (const id of forged) {
    expect(await manager.resolve(id)).toEqual({ state: 'absent' });
    expect(await store.read(id)).toEqual({ state: 'absent' });
    expect(await manager.touch(id)).toBe(false);
    expect(await manager.replace(id)).toMatchObject({ revoked: 0 });
    expect(await manager.adopt(id, sessionId)).toBe(false);
    await expect(manager.adopt(sessionId, id)).rejects.toThrow('no such session');
    await expect(manager.stepUp(id, { acr: 2 })).rejects.toThrow('no such session');
    expect(await store.amend(id, 1, {})).toEqual({ outcome: 'absent' });
    expect(await store.claimParcel(id, sessionId, 2_000)).toEqual({ outcome: 'none' });
    expect(await store.dropParcel(id, sessionId)).toBe(false);
    expect(await manager.revoke(id, 'logout')).toMatchObject({ revoked: 0 });
    expect(await manager.allData(id)).toBeUndefined();
    expect(await store.writeData(id, 'order', 0, '1')).toEqual({ outcome: 'absent' });
    await expect(manager.namespace(order).update(id, () => 1)).rejects.toThrow('no such session');
  }
  for (let at = 0; at < refreshToken.length; at += 1) {
    expect(await manager.refresh(flip(refreshToken, at))).toEqual({ outcome: 'refused' });
  }
  // Its last 43 characters are the secret, which only the store can judge.
  for (let at = 0; at < cookie.length - 43; at += 1) {
    expect(await manager.resolveCookie(flip(cookie, at))).toEqual({ state: 'absent' });
  }
  expect(await everythingSeen()).toBe(before);
});

it('names keys by keyed hashes: neither ids nor refresh secrets are in them, and each key expires', async () => {
  const { manager, store } = instance();
  const userId = randomUUID();
  const { session, refreshToken } = await begin(manager, userId);
  const { sessionId } = session.record;
  await manager.namespace(order).update(sessionId, () => ({ items: [] }));
  await manager.refresh(refreshToken);
  await manager.revokeAll(userId, 'revoked', sessionId);
  const guest = (await begin(manager, userId)).session.record.sessionId;
  await manager.namespace(order).update(guest, () => ({ items: [] }));
  await manager.replace(guest);
  await store.claimParcel(guest, sessionId, 2_000);
  const keys = await side.keys(`hf:{${ids.userTag(userId)}}:*`);
  const kinds = keys.map((key) => key.split(':')[2]).filter((kind) => kind !== 'o');
  expect(kinds.sort()).toEqual(['c', 'd', 'e', 'h', 'i', 'p', 'r', 's', 's']);
  const all = keys.join('\n');
  for (const hidden of [userId, sessionId, sessionId.slice(20, 40), refreshToken.slice(80, 100)]) {
    expect(all).not.toContain(hidden);
  }
  const rotation = await side.get(keys.find((key) => key.includes(':r:')) ?? '');
  expect(rotation).not.toContain(refreshToken.slice(80, 100));
  for (const key of keys) expect(await side.pttl(key)).toBeGreaterThan(0);
});
