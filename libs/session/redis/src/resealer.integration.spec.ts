import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Sealing, StoreUnavailableError, type SessionManager } from '@holdfast/session-core';
import { anyData, RedisServer } from '@holdfast/session-testing';
import type { Redis } from './create-redis.js';
import { Resealer } from './resealer.js';
import { Instances, newSecret } from './spec/instances.js';
import { openSideDoor } from './spec/side-door.js';

const instances = new Instances();
const { ids } = instances;
const client = { ip: '203.0.113.7', userAgent: 'spec' };
const [before, after] = [newSecret(), newSecret()];
/** The secrets of a process: before a rotation, in the middle of it, and when the older one was dropped. */
const old = new Sealing({ secret: before });
const both = new Sealing({ secret: after, previous: [before] });
const fresh = new Sealing({ secret: after });

let server: RedisServer;
let redis: Redis;

const instanceWith = (sealing: Sealing) => instances.add(server.url, { sealing });
const managerWith = (sealing: Sealing): SessionManager => instanceWith(sealing).manager;

const passWith = (sealing: Sealing, endUnreadable = false) =>
  new Resealer({ redis, ids, sealing, endUnreadable, tombstoneMs: 60_000 }).pass();

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

/** Live sessions with data, an ended one and a guest's parcel that is being adopted. */
async function story({ store, manager }: ReturnType<typeof instanceWith>) {
  const userId = randomUUID();
  const sessions = await Promise.all(
    Array.from({ length: 20 }, async () => manager.begin({ userId, roles: ['user'], client })),
  );
  const live = sessions.map(({ session }) => session.record.sessionId);
  const [first = ''] = live;
  await manager.namespace(anyData('order', 'spec')).update(first, () => ({ items: ['tea'] }));
  const ended = (await manager.begin({ userId, roles: ['user'], client })).session.record.sessionId;
  await manager.revoke(ended, 'logout');
  const guest = (await manager.begin({ userId: randomUUID(), roles: ['guest'], client, guest: true }))
    .session;
  await manager
    .namespace(anyData('order', 'spec'))
    .update(guest.record.sessionId, () => ({ items: ['cup'] }));
  await manager.replace(guest.record.sessionId);
  await store.claimParcel(guest.record.sessionId, first, 1);
  return { userId, live, ended, guest: guest.record.sessionId };
}

it('G12: seals everything anew under a live load, so that the older secret can be dropped', async () => {
  const ahead = instanceWith(old);
  const { userId, live, ended, guest } = await story(ahead);
  const [first = '', second = ''] = live;
  const current = managerWith(both);
  let over = false;
  const counter = current.namespace(anyData('user', 'spec'));
  const load = async () => {
    let writes = 0;
    for (; !over; writes += 1) {
      await counter.update(second, (n) => Number(n ?? 0) + 1);
      await current.stepUp(second, { acr: 2 });
    }
    return writes;
  };
  const loads = [load(), load()];
  let passes = 0;
  for (let left = 1; left > 0; passes += 1) {
    const { resealed, raced, unreadable } = await passWith(both);
    expect(unreadable).toBe(0);
    left = resealed + raced;
  }
  over = true;
  const written = (await Promise.all(loads)).reduce((sum, n) => sum + n, 0);
  expect(passes).toBeGreaterThan(1);

  const later = managerWith(fresh);
  expect((await later.list(userId)).map(({ record }) => record.sessionId).sort()).toEqual([...live].sort());
  expect(await later.namespace(anyData('order', 'spec')).read(first)).toMatchObject({
    value: { items: ['tea'] },
  });
  expect(await later.namespace(anyData('user', 'spec')).read(second)).toMatchObject({
    value: written,
    version: written,
  });
  expect(await later.listEnded(userId)).toMatchObject([{ sessionId: ended, because: 'logout' }]);
  expect(await later.adopt(guest, second)).toBe(true);
  expect(await later.namespace(anyData('order', 'spec')).read(second)).toMatchObject({
    value: { items: ['cup'] },
  });
  // Who claimed it before and did not finish has been ended on the way: its id could be read.
  expect(await later.resolve(first)).toMatchObject({ state: 'ended', because: 'replaced' });
});

it('tells how far it is', async () => {
  await story(instanceWith(old));
  const told: number[] = [];
  const onProgress = ({ resealed }: { resealed: number }) => told.push(resealed);
  const options = { redis, ids, sealing: both, tombstoneMs: 60_000, onProgress };
  const { resealed, examined } = await new Resealer(options).pass();
  expect(told.at(-1)).toBe(resealed);
  expect(examined).toBe(resealed);
  expect(resealed).toBeGreaterThan(20);
});

it('refuses sessions whose sealing secret is not here as a store that is away, and others begin', async () => {
  const { userId, live } = await story(instanceWith(old));
  const lost = managerWith(fresh);
  const [first = ''] = live;
  await expect(lost.resolve(first)).rejects.toBeInstanceOf(StoreUnavailableError);
  const { session } = await lost.begin({ userId, roles: ['user'], client });
  expect(await lost.list(userId)).toEqual([{ ...session, generation: 1 }]);
  expect(await passWith(fresh)).toMatchObject({ resealed: 0, unreadable: 25 });
  // Found again: nothing was lost.
  expect(await managerWith(both).list(userId)).toHaveLength(21);
});

it('ends the sessions of a sealing secret that is lost for good, and no other', async () => {
  const { userId, live } = await story(instanceWith(old));
  const lost = managerWith(fresh);
  const { session } = await lost.begin({ userId, roles: ['user'], client });
  await passWith(fresh, true);
  for (const sessionId of live) {
    expect(await lost.resolve(sessionId)).toMatchObject({ state: 'ended', because: 'revoked' });
  }
  expect(await lost.list(userId)).toEqual([{ ...session, generation: 1 }]);
});

it('ends a session whose record opens and whose data was sealed with the lost secret', async () => {
  const { live } = await story(instanceWith(old));
  const [first = ''] = live;
  await managerWith(both).stepUp(first, { acr: 2 });
  const lost = managerWith(fresh);
  expect(await lost.resolve(first)).toMatchObject({ state: 'live' });
  await expect(lost.allData(first)).rejects.toBeInstanceOf(StoreUnavailableError);
  await passWith(fresh, true);
  expect(await lost.resolve(first)).toMatchObject({ state: 'ended', because: 'revoked' });
});
