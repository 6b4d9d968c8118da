import { MemoryRevocationLedger, type SessionStore } from '@holdfast/session-core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Access } from './access.js';
import { JOURNAL_KEY, RECON_KEY } from './recon-scripts.js';
import type { Reconciler } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { JournalStage, keeps, seen } from './spec/journal-stage.js';
import type { Member } from './spec/member.js';

const USER = 'user';

let stage: JournalStage;
let auth: Member;
let reconciler: Reconciler;
let ledger: MemoryRevocationLedger;

beforeEach(async () => {
  stage = await JournalStage.open({ isBegun: false });
  auth = stage.add({ patienceMs: 1_000 });
  ledger = new MemoryRevocationLedger();
  reconciler = auth.reconcile(ledger);
  await auth.stands('fresh');
});
afterEach(async () => {
  await reconciler.close();
  await stage.close();
});

describe('a server that was not reconciled', () => {
  type Change = (store: SessionStore, sessionId: string) => Promise<unknown>;
  const successor = (hash: string) => ({ hash, keyId: 'k1' });

  it.each<[string, Change]>([
    ['an end', (store, sessionId) => store.end(sessionId, 'logout')],
    ['the end of all', (store) => store.endAll(USER, 'logout')],
    ['a change', (store, sessionId) => store.amend(sessionId, 1, { acr: 2 })],
    [
      'a reuse',
      (store, sessionId) => store.rotate({ sessionId, generation: 1, hash: 'h1' }, successor('h4'), 10_000),
    ],
  ])('rule 4: does not carry out %s, nor does one whose journal is gone', async (_, change) => {
    const sessionId = await auth.begin(USER);
    await auth.store.rotate({ sessionId, generation: 1, hash: 'h1' }, successor('h2'), 10_000);
    await auth.store.rotate({ sessionId, generation: 2, hash: 'h2' }, successor('h3'), 10_000);
    await reconciler.close();
    for (const spoil of [
      () => stage.redis.del(JOURNAL_KEY),
      () => stage.redis.hset(RECON_KEY, 'id', 'another'),
    ]) {
      await spoil();
      const before = await dump();
      await expect(change(auth.storeOver(past()), sessionId)).rejects.toMatchObject({
        cause: { message: 'The data set has not been reconciled.' },
      });
      expect(await dump()).toEqual(before);
    }
  });

  it('rule 4: does not carry out a begin that ends another session', async () => {
    for (let at = 0; at < 5; at += 1) await auth.begin(USER);
    await reconciler.close();
    await stage.redis.hset(RECON_KEY, 'id', 'another');
    await expect(auth.begin(USER)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
  });

  /** As a member reaches it that believes it. */
  function past(): Access {
    const { redis } = stage;
    return {
      ask: (question) => question(redis),
      write: (script, key, args) => script.run(redis, key, args),
      awayMs: 0,
      journalling: 'always',
      close: () => Promise.resolve(),
    };
  }

  /** Everything but who is there, byte by byte. */
  async function dump(): Promise<readonly string[]> {
    const keys = (await stage.redis.keys('*')).filter((key) => !key.startsWith('hf:i')).sort();
    const values = await Promise.all(keys.map((key) => stage.redis.dumpBuffer(key)));
    return keys.map((key, at) => `${key} ${values[at]?.toString('base64')}`);
  }
});

describe('a term', () => {
  it('rule 5: begins, in one step with the belief, after everything that the ledger has was carried out', async () => {
    const ends: string[] = [];
    while (ends.length < 1_200)
      ends.push(...(await Promise.all(Array.from({ length: 100 }, () => auth.begin()))));
    await reconciler.close();
    for (const sessionId of ends) await ledger.record({ kind: 'session', sessionId, because: 'revoked' });
    const keys = ends.map((sessionId) => auth.keyOf(sessionId));
    await stage.redis.hset(RECON_KEY, 'id', 'another');
    const before = await stage.term();
    reconciler = auth.reconcile(ledger);
    for (let term = before; term === before;) {
      const reply = await stage.redis.eval(LOOK, 2, RECON_KEY, JOURNAL_KEY, ...keys);
      const [isMarked, now, kind, live] = reply as [number, string, string, number];
      if (!isMarked) continue;
      term = Number(now);
      expect([kind, live]).toEqual(['term', 0]);
    }
  });

  it('rule 3: is counted by the ledger, so that no id is ever given twice, whatever becomes of the data', async () => {
    const terms = [await stage.term()];
    for (const lose of [() => stage.redis.flushall(), () => stage.redis.del(JOURNAL_KEY)]) {
      await auth.end(await auth.begin());
      await lose();
      await eventually(async () => expect(await stage.term()).toBeGreaterThan(terms.at(-1) ?? 0));
      await auth.stands('fresh');
      terms.push(await stage.term());
      expect(await stage.entryIds()).toEqual([`${terms.at(-1)}-0`]);
    }
  });

  it('rule 6: is begun where the journal is gone, and what ended meanwhile is not served', async () => {
    const sessionId = await auth.begin();
    const member = await stage.member();
    for (let at = 0; at < 5; at += 1) await auth.end(await auth.begin());
    await keeps(member, sessionId);
    await stage.redis.del(JOURNAL_KEY);
    await eventually(() => auth.end(sessionId));
    await eventually(async () =>
      expect(await auth.acknowledged()).toEqual({ acknowledgedBy: 2, instances: 2 }),
    );
    expect(await seen(member, sessionId)).toMatchObject({ state: 'ended' });
  });
});

it('is told what the reconciler ends in its stead: who has recorded it has crashed', async () => {
  const member = await stage.member();
  const sessionId = await auth.begin();
  await keeps(member, sessionId);
  await ledger.record({ kind: 'session', sessionId, because: 'revoked' });
  await eventually(() => expect(member.entries).toMatchObject([{ kind: 'ended' }]));
  expect(await seen(member, sessionId)).toEqual({ state: 'ended', isNear: true });
});

/** Whether it is reconciled, its term, what the journal says last, and how many of the other keys are no tombstones. */
const LOOK = `
local term = redis.call('HGET', KEYS[1], 'term')
local isMarked = redis.call('HGET', KEYS[1], 'id') ~= 'another'
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local live = 0
for _, key in ipairs(ARGV) do
  if not string.match(redis.call('GET', key), '^2 ended') then live = live + 1 end
end
return { isMarked and 1 or 0, term, last and last[2][1] or '', live }
`;
