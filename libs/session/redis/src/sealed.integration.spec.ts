import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StoreUnavailableError, type SessionManager } from '@holdfast/session-core';
import { anyData, RedisServer } from '@holdfast/session-testing';
import type { Redis } from './create-redis.js';
import type { RedisSessionStore } from './redis-session-store.js';
import { Instances } from './spec/instances.js';
import { dumpRedis } from './spec/redis-dump.js';
import { openSideDoor } from './spec/side-door.js';

const instances = new Instances();
const { ids } = instances;
const client = {
  ip: '203.0.113.77',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/141.0',
};
const roles = ['user', 'auditor'];

let server: RedisServer;
let side: Redis;
let store: RedisSessionStore;
let manager: SessionManager;

beforeAll(async () => {
  server = await RedisServer.start();
  side = openSideDoor(server.url);
  ({ store, manager } = instances.add(server.url));
});
beforeEach(() => side.flushall());
afterAll(async () => {
  await instances.close();
  await side.quit();
  await server.dispose();
});

const keysOf = async (kind: string) => (await side.keys(`hf:{*}:${kind}:*`)).sort();
const rawOf = async (key: string) => (await side.getBuffer(key)) ?? Buffer.alloc(0);

/** One of each: API client and browser, stepped up, refreshed, with data, ended, replaced, being adopted. */
async function everything() {
  const userId = randomUUID();
  const bearer = await manager.begin({ userId, roles, client });
  const browser = await manager.begin({ userId, roles, client, transport: 'cookie', rememberMe: true });
  const { sessionId } = bearer.session.record;
  const refreshed = await manager.refresh(bearer.refreshToken);
  const raised = await manager.stepUp(browser.session.record.sessionId, { acr: 2 });
  await manager
    .namespace(anyData('order', 'spec'))
    .update(sessionId, () => ({ for: 'ada@example.test', items: ['espresso'] }));
  const ended = await manager.begin({ userId, roles, client });
  await manager.revoke(ended.session.record.sessionId, 'logout');
  const guest = await manager.begin({ userId: randomUUID(), roles: ['guest'], client, guest: true });
  await manager
    .namespace(anyData('order', 'spec'))
    .update(guest.session.record.sessionId, () => ({ items: ['doppio'] }));
  await manager.replace(guest.session.record.sessionId);
  await store.claimParcel(guest.session.record.sessionId, sessionId, 2_000);
  await manager.revokeAll(guest.session.record.userId, 'revoked');
  if (refreshed.outcome !== 'refreshed' || raised.transport !== 'cookie') throw new Error('no story');
  const sessions = [bearer, browser, ended, guest].map(({ session }) => session.record);
  return {
    ids: sessions.flatMap((record) => [record.sessionId, record.userId]),
    secrets: [bearer.refreshToken, refreshed.refreshToken, browser.cookie, raised.cookie],
  };
}

describe('a dump of Redis', () => {
  it('G13: holds no ids, secrets, addresses, roles or data', async () => {
    const story = await everything();
    const dump = await dumpRedis(side);
    const kinds = new Set(dump.map(({ key }) => key.split(':')[2]));
    expect([...kinds].sort()).toEqual(['c', 'd', 'e', 'h', 'i', 'o', 'p', 'r', 's']);
    const text = Buffer.concat(dump.flatMap(({ key, parts }) => [Buffer.from(key), ...parts]));
    const hidden = [
      ...story.ids,
      ...story.ids.map((id) => id.slice(20, 40)),
      ...story.secrets.map((token) => token.slice(-50, -30)),
      ...[client.ip, 'Mozilla', 'Firefox', 'auditor', 'guest', '"user"', 'ada@', 'espresso', 'doppio'],
    ];
    for (const each of hidden) {
      expect([each, text.includes(each)]).toEqual([each, false]);
      const bytes = Buffer.from(each.replaceAll('-', ''), /^[0-9a-f-]{36}$/.test(each) ? 'hex' : 'base64url');
      if (bytes.length > 8) expect([each, text.includes(bytes)]).toEqual([each, false]);
    }
  });
});

describe('what somebody changes in Redis', () => {
  const signedIn = async () => (await manager.begin({ userId: randomUUID(), roles, client })).session.record;
  const isUnreadable = (operation: Promise<unknown>) =>
    expect(operation).rejects.toBeInstanceOf(StoreUnavailableError);

  it('G13: a record under another key opens nothing, of another user or of the same one', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const other = (await manager.begin({ userId: ada.userId, roles, client })).session.record;
    const keyOf = (sessionId: string) => {
      const place = ids.parse(sessionId);
      return `hf:{${place?.userTag}}:s:${place?.name}`;
    };
    for (const from of [eve, other]) {
      await side.set(keyOf(ada.sessionId), await rawOf(keyOf(from.sessionId)));
      await isUnreadable(store.read(ada.sessionId));
    }
    expect(await store.read(eve.sessionId)).toMatchObject({ state: 'live' });
    // The others of the same user are not kept from their list.
    expect((await manager.list(ada.userId)).map(({ record }) => record.sessionId)).toEqual([other.sessionId]);
  });

  it.each([
    ['the absolute deadline', 3],
    ['the idle timeout', 4],
    ['the epoch', 5],
    ['the version', 6],
  ])('G13: another value for %s in the header is noticed', async (_what, at) => {
    const { sessionId } = await signedIn();
    const [key = ''] = await keysOf('s');
    const raw = (await rawOf(key)).toString('latin1');
    const [header = '', ...rest] = raw.split('\n');
    const words = header.split(' ');
    words[at] = (Number.parseInt(words[at] ?? '', 36) + 1).toString(36);
    await side.set(key, Buffer.from([words.join(' '), ...rest].join('\n'), 'latin1'), 'KEEPTTL');
    await isUnreadable(store.read(sessionId));
  });

  it('G13: data opens in no other namespace, session or version', async () => {
    const [ada, eve] = [await signedIn(), await signedIn()];
    const write = (sessionId: string, namespace: string) =>
      manager.namespace(anyData(namespace, 'spec')).update(sessionId, () => `${namespace} of somebody`);
    for (const { sessionId } of [ada, eve]) {
      await write(sessionId, 'order');
      await write(sessionId, 'user');
      await write(sessionId, 'user');
    }
    const [one = '', two = ''] = await keysOf('d');
    const cell = async (key: string, field: string) => (await side.hgetBuffer(key, field)) ?? Buffer.alloc(0);
    const own = await cell(one, 'order');
    const swaps = [
      await cell(one, 'user'),
      await cell(two, 'order'),
      Buffer.concat([Buffer.from('7'), own.subarray(1)]),
    ];
    for (const swapped of swaps) {
      await side.hset(one, 'order', swapped);
      const read = await Promise.allSettled([ada, eve].map(({ sessionId }) => store.readData(sessionId)));
      expect(read.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    }
    await side.hset(one, 'order', own);
    expect(await manager.allData(ada.sessionId)).toMatchObject({ order: 'order of somebody' });
  });

  it('replaying a whole older value goes unseen: that is no promise', async () => {
    const { sessionId, version } = await signedIn();
    const [key = ''] = await keysOf('s');
    const older = await rawOf(key);
    await store.amend(sessionId, version, { roles: ['user'] });
    await side.set(key, older, 'KEEPTTL');
    expect(await store.read(sessionId)).toMatchObject({ record: { roles, version } });
  });
});
