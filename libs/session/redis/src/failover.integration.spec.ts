import { setTimeout as sleep } from 'node:timers/promises';
import { MemoryRevocationLedger } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Reconciler } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { Member } from './spec/member.js';
import { RedisFleet } from './spec/redis-fleet.js';
import { smallStore } from './spec/small-store.js';

let fleet: RedisFleet;
let ledger: MemoryRevocationLedger;
let auth: Member;
let member: Member;
let reconciler: Reconciler;

beforeAll(async () => {
  fleet = await RedisFleet.start();
});

beforeEach(async () => {
  await fleet.settled();
  ledger = new MemoryRevocationLedger();
  auth = new Member(fleet);
  reconciler = new Reconciler({
    ledger,
    belief: auth.belief,
    write: auth.write,
    store: smallStore(auth.belief.unfenced),
  });
  member = new Member(fleet);
  await member.becomes('fresh');
});

afterEach(async () => {
  await reconciler.close();
  await Promise.all([auth.close(), member.close()]);
});

afterAll(() => fleet.stop());

/** Until the members have acknowledged so many more writes. */
async function goesOn(writes = 100): Promise<void> {
  const before = member.acknowledged.length;
  await eventually(() => {
    if (member.acknowledged.length < before + writes) throw new Error(member.heard.join('\n'));
  });
}

it('G5: loses nothing that it acknowledged when the primary is killed', async () => {
  const stop = member.load();
  await goesOn();
  const primary = await fleet.primary();
  await primary.server.kill();
  await goesOn();
  await stop();
  expect(await member.lost()).toEqual([]);
  await primary.server.start();
});

it('G5: loses nothing that it acknowledged when a living primary is deposed', async () => {
  const stop = member.load();
  await goesOn();
  const primary = await fleet.primary();
  await fleet.switchOver();
  await eventually(async () => expect(await fleet.primary()).not.toBe(primary));
  await goesOn();
  await stop();
  expect(await member.lost()).toEqual([]);
});

it('does not believe a primary that was hung and is back, not even over a connection that it still has', async () => {
  const primary = await fleet.primary();
  const stubborn = new Member(fleet, { url: fleet.urlOf(primary) });
  await stubborn.becomes('fresh');
  await stubborn.put('before');
  primary.server.hang();
  await eventually(async () => expect(await fleet.primary()).not.toBe(primary));
  await member.put('after', 10_000);
  await stubborn.becomes('dark');
  primary.server.wake();
  let answers = 0;
  for (const end = performance.now() + 1_500; performance.now() < end; await sleep(5)) {
    await stubborn
      .get('before')
      .then(() => (answers += 1))
      .catch(() => undefined);
  }
  expect(answers).toBe(0);
  await expect(stubborn.put('lost', 100)).rejects.toThrow();
  await stubborn.close();
});

it('goes on writing when a replica dies, and when it hangs', async () => {
  const stop = member.load(2);
  const [dead, other] = await fleet.replicas();
  await dead.server.kill();
  await goesOn();
  await dead.server.start();
  await fleet.settled();
  other.server.hang();
  await goesOn();
  other.server.wake();
  await stop();
  expect(member.heard.slice(1)).toEqual([]);
  expect(await member.lost()).toEqual([]);
});

it('refuses writes without any replica, reads after the lease, and nothing any more when one is back', async () => {
  const replicas = await fleet.replicas();
  await member.put('before');
  await Promise.all(replicas.map(({ server }) => server.kill()));
  await expect(member.put('meanwhile', 300)).rejects.toThrow();
  await member.becomes('suspect');
  await expect(member.get('before')).rejects.toMatchObject({ name: 'NotBelievedError' });
  await replicas[0].server.start();
  await member.becomes('fresh');
  expect(await member.get('before')).not.toBeNull();
  await replicas[1].server.start();
});

it('is back when all of Redis was away', async () => {
  await member.put('before');
  const all = [...fleet.nodes, ...fleet.sentinels];
  for (const { server } of all) server.hang();
  await member.becomes('dark');
  await expect(member.get('before')).rejects.toThrow();
  for (const { server } of all) server.wake();
  await member.becomes('fresh');
  expect(await member.get('before')).not.toBeNull();
});

it('G9: carries out what a lagging replica had not got before anybody believes it as the primary', async () => {
  const primary = await fleet.primary();
  const replicas = await fleet.replicas();
  for (const { server } of replicas) server.hang();
  await ledger.record({ kind: 'session', sessionId: 's', because: 'logout' });
  await primary.redis.set('end:s', 'logout');
  await primary.server.kill();
  for (const { server } of replicas) server.wake();
  const answer = await eventually(() => member.get('end:s'));
  expect(answer).toBe('logout');
  expect(await fleet.primary()).not.toBe(primary);
  await primary.server.start();
});
