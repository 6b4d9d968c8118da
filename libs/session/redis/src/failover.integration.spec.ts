import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Reconciler } from './reconciler.js';
import { openDeafDoor } from './spec/deaf-door.js';
import { eventually } from './spec/eventually.js';
import { FragileLedger } from './spec/fragile-ledger.js';
import { Member, type MemberOptions } from './spec/member.js';
import { RedisFleet } from './spec/redis-fleet.js';

let fleet: RedisFleet;
let ledger: FragileLedger;
let auth: Member;
let member: Member;
/** Closes what a test has opened, also where it fails: Jest does not exit while a member beats. */
const closing: (() => unknown)[] = [];
let reconciler: Reconciler;

function start(options?: MemberOptions): Member {
  const started = new Member(fleet.config, options);
  closing.push(() => started.close());
  return started;
}

beforeAll(async () => {
  fleet = await RedisFleet.start();
});

beforeEach(async () => {
  await fleet.restore();
  ledger = new FragileLedger();
  auth = start();
  reconciler = auth.reconcile(ledger);
  member = start();
  await member.becomes('fresh');
});

afterEach(async () => {
  await reconciler.close();
  await Promise.all(closing.splice(0).map((close) => close()));
});

afterAll(() => fleet.stop());

it('G5: loses nothing that it acknowledged when the primary is killed', async () => {
  const stop = member.load();
  await member.goesOn();
  const primary = await fleet.primary();
  await primary.server.kill();
  await member.goesOn();
  await stop();
  expect(await member.lost()).toEqual([]);
});

it('G5: loses nothing that it acknowledged when a living primary is deposed', async () => {
  const stop = member.load();
  await member.goesOn();
  const primary = await fleet.primary();
  await fleet.switchOver();
  await eventually(async () => expect(await fleet.primary()).not.toBe(primary));
  await member.goesOn();
  await stop();
  expect(await member.lost()).toEqual([]);
});

it('G9: does not believe a primary that was hung and is back, not even over a connection that it still has', async () => {
  const primary = await fleet.primary();
  const stubborn = start({ at: { url: fleet.urlOf(primary) }, patienceMs: 100 });
  const sessionId = await member.begin();
  const found = await eventually(() => stubborn.store.read(sessionId));
  expect(found).toMatchObject({ state: 'live' });
  primary.server.hang();
  await eventually(async () => expect(await fleet.primary()).not.toBe(primary));
  await eventually(() => member.end(sessionId));
  primary.server.wake();
  for (const end = performance.now() + 1_500; performance.now() < end; await sleep(5)) {
    await expect(stubborn.store.read(sessionId)).rejects.toThrow();
  }
  await expect(stubborn.begin()).rejects.toThrow();
});

it('goes on writing when a replica dies, and when one hangs', async () => {
  const stop = member.load(2);
  const [dead, hung] = await fleet.replicas();
  await dead.server.kill();
  await member.goesOn();
  await fleet.revive(dead);
  await fleet.settled();
  hung.server.hang();
  await member.goesOn();
  hung.server.wake();
  await stop();
  expect(await member.lost()).toEqual([]);
});

it('G5: acknowledges nothing that no replica has, also while nobody has noticed yet', async () => {
  const hasty = start({ patienceMs: 300 });
  await hasty.becomes('fresh');
  const replicas = await fleet.replicas();
  for (const { server } of replicas) server.hang();
  await expect(hasty.begin()).rejects.toThrow();
  for (const { server } of replicas) server.wake();
  await eventually(() => hasty.begin());
});

it('refuses writes without any replica, reads after the lease, and nothing any more when one is back', async () => {
  const replicas = await fleet.replicas();
  const hasty = start({ patienceMs: 300 });
  const sessionId = await member.begin();
  await hasty.becomes('fresh');
  await Promise.all(replicas.map(({ server }) => server.kill()));
  await expect(hasty.end(sessionId)).rejects.toThrow();
  await hasty.becomes('suspect');
  await expect(hasty.store.read(sessionId)).rejects.toThrow();
  await sleep(2_500); // it looks for another primary meanwhile, and says nothing of it
  await fleet.revive(replicas[0]);
  await hasty.becomes('fresh');
  expect(hasty.heard.filter((change) => change.startsWith('dark'))).toEqual([]);
  await eventually(() => hasty.end(sessionId));
  expect(await eventually(() => hasty.store.read(sessionId))).toMatchObject({ state: 'ended' });
});

it('says nothing of leaving a primary, neither while one connection closes nor while the next one is made', async () => {
  const primary = await fleet.primary();
  const door = await openDeafDoor(primary.port);
  closing.push(() => door.close());
  const restless = start({ at: { url: `redis://127.0.0.1:${door.port}` } });
  await restless.becomes('fresh');
  for (const { server } of await fleet.replicas()) server.hang();
  await restless.becomes('suspect');
  const isBack = new Promise((resolve) => restless.write.once('ready', resolve));
  // A beat that begins while it connects learns where it is before anything else can be sent.
  restless.write.once('connect', () => restless.belief.poke());
  await isBack;
  await expect(restless.belief.look()).rejects.toThrow();
  expect(restless.heard.filter((change) => change.startsWith('dark'))).toEqual([]);
});

it('is back when all of Redis was away', async () => {
  const sessionId = await member.begin();
  const all = [...fleet.nodes, ...fleet.sentinels];
  for (const { server } of all) server.hang();
  await member.becomes('dark');
  for (const { server } of all) server.wake();
  await member.becomes('fresh');
  expect(await member.store.read(sessionId)).toMatchObject({ state: 'live' });
});

it('G9: carries out what a lagging replica had not got before anybody believes it as the primary', async () => {
  const sessionId = await member.begin();
  const primary = await fleet.primary();
  const replicas = await fleet.replicas();
  for (const { server } of replicas) server.hang();
  ledger.isAway = true;
  await ledger.record({ kind: 'session', sessionId, because: 'logout' });
  await primary.server.kill();
  for (const { server } of replicas) server.wake();
  await eventually(() => expect(member.belief.reason).toMatch(/not been reconciled/));
  await expect(member.store.read(sessionId)).rejects.toThrow();
  ledger.isAway = false;
  const found = await eventually(() => member.store.read(sessionId));
  expect(found).toMatchObject({ state: 'ended', because: 'logout' });
  expect(await eventually(() => fleet.primary())).not.toBe(primary); // they agree a little later than one promotes
});
