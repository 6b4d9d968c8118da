import { MemoryRevocationLedger } from '@holdfast/session-core';
import { RedisServer } from '@holdfast/session-testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Reconciler } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { Member } from './spec/member.js';

let redis: RedisServer;
let ledger: MemoryRevocationLedger;
let member: Member;
let reconciler: Reconciler;

beforeAll(async () => {
  redis = await RedisServer.start();
});
beforeEach(async () => {
  ledger = new MemoryRevocationLedger();
  member = memberOf(redis);
  reconciler = member.reconcile(ledger);
  await member.becomes('fresh');
});
afterEach(async () => {
  await reconciler.close();
  await member.close();
});
afterAll(() => redis.dispose());

const memberOf = ({ url }: RedisServer) => new Member({ url }, { durability: 'local' });
const stateOf = async (sessionId: string) => (await member.store.read(sessionId)).state;

it('leaves what was recorded a moment ago to whoever recorded it, and finishes it if nobody does', async () => {
  const sessionId = await member.begin();
  await ledger.record({ kind: 'session', sessionId, because: 'logout' });
  reconciler.poke();
  await reconciler.close();
  expect(await stateOf(sessionId)).toBe('live');
  reconciler = member.reconcile(ledger);
  await eventually(async () => expect(await stateOf(sessionId)).toBe('ended'));
});

it('carries out at once what a data set that is not reconciled may have lost', async () => {
  const sessionId = await member.begin();
  await Promise.all([reconciler.close(), member.close()]);
  await ledger.record({ kind: 'session', sessionId, because: 'logout' });
  await redis.kill();
  await redis.start();
  member = memberOf(redis);
  reconciler = member.reconcile(ledger);
  await member.becomes('fresh');
  expect(await stateOf(sessionId)).toBe('ended');
});
