import { MemoryRevocationLedger } from '@holdfast/session-core';
import { RedisServer } from '@holdfast/session-testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { INSTANCES_KEY, instanceKey, JOURNAL_KEY, RECON_KEY } from './recon-scripts.js';
import { markReconciled } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { JournalStage, keeps, lastServed, seen, serves } from './spec/journal-stage.js';
import { openSideDoor } from './spec/side-door.js';

let stage: JournalStage;

beforeEach(async () => {
  stage = await JournalStage.open();
});
afterEach(() => stage.close());

describe('links', () => {
  let other: RedisServer;

  beforeEach(async () => {
    other = await RedisServer.start();
    const redis = openSideDoor(other.url);
    await markReconciled(redis);
    redis.disconnect();
  });
  afterEach(() => other.dispose());

  it('rule 8: keep nothing near while the journal is of another server than the beat', async () => {
    const member = stage.add({ links: { journal: { url: other.url } } });
    await member.stands('direct');
    const sessionId = await member.begin();
    for (let at = 0; at < 50; at += 1)
      expect(await seen(member, sessionId)).toEqual({ state: 'live', isNear: false });
    expect(member.cache.size).toBe(0);
  });

  it('rule 8: are not read where the data are of another server than the beat', async () => {
    const member = stage.add({ links: { read: { url: other.url } }, patienceMs: 300 });
    await member.stands('fresh', 'direct');
    const sessionId = await member.begin();
    await expect(seen(member, sessionId)).rejects.toMatchObject({ code: 'ERR_STORE_UNAVAILABLE' });
    expect(member.cache.size).toBe(0);
  });

  it.each(['read', 'write', 'journal'] as const)(
    'rule 8: serve nothing near a second after the %s link has been led to another server',
    async (link) => {
      const writer = await stage.member();
      const [member, ways] = await stage.reached();
      const sessionId = await writer.begin();
      await keeps(member, sessionId);
      ways[link].lead(other.port);
      ways[link].break();
      await sleep(20); // it may still be served meanwhile: nobody has heard of anything
      const endedAt = performance.now();
      await writer.end(sessionId);
      const lastServedAt = await lastServed(member, sessionId, endedAt + 2_000);
      expect(lastServedAt).toBeLessThan(endedAt + 1_000);
    },
  );
});

describe('a beat', () => {
  it('rules 9 and 10: that no replica acknowledges confirms nothing, and nothing is believed', async () => {
    const replica = await RedisServer.start('--replicaof', '127.0.0.1', String(stage.server.port));
    try {
      await eventually(async () => expect(await stage.redis.info('replication')).toMatch('state=online'));
      await markReconciled(stage.redis); // the first replica has given it another replication id
      const member = stage.add({ durability: 'replicated', patienceMs: 300 });
      await member.stands('fresh');
      const sessionId = await member.begin();
      await keeps(member, sessionId);
      replica.hang();
      await member.stands('suspect');
      const { confirmedAt } = member.cache;
      expect(await member.near.confirm(sessionId, 'read')).toMatchObject({ found: { state: 'live' } });
      await sleep(confirmedAt + 1_001 - performance.now());
      await expect(seen(member, sessionId, 'critical')).rejects.toMatchObject({
        code: 'ERR_STORE_UNAVAILABLE',
      });
      expect(member.cache.confirmedAt).toBe(confirmedAt);
      replica.wake();
      await member.stands('fresh');
    } finally {
      await replica.dispose();
    }
  });

  it('rule 9: on a data set that was not reconciled is none', async () => {
    const member = await stage.member();
    await stage.redis.hset(RECON_KEY, 'id', 'other');
    await member.stands('suspect');
    const { confirmedAt } = member.cache;
    await sleep(1_050);
    expect(member.cache.confirmedAt).toBe(confirmedAt);
  });

  it('rule 10: without a journal leaves the store, which is read each time, and nothing is kept', async () => {
    const [member, ways] = await stage.reached();
    const sessionId = await member.begin();
    ways.journal.cut();
    await member.stands('direct');
    for (let at = 0; at < 3; at += 1)
      expect(await seen(member, sessionId, 'critical')).toEqual({ state: 'live', isNear: false });
    await member.end(sessionId);
    expect(await seen(member, sessionId)).toMatchObject({ state: 'ended' });
    expect(member.cache.size).toBe(0);
  });
});

describe('who says what was heard', () => {
  /** Has an instance say up to where it has heard; it is never there. */
  async function say(heard: string): Promise<void> {
    await stage.redis.set(instanceKey('ghost'), `process ${heard}`);
    await stage.redis.zadd(INSTANCES_KEY, Date.now(), 'ghost');
  }

  /** Who is at the end of the journal, in the words of a live instance. */
  async function place() {
    const identity = (await stage.redis.hget(RECON_KEY, 'id')) ?? '';
    const [last] = await stage.redis.xrevrange(JOURNAL_KEY, '+', '-', 'COUNT', 1);
    const [term = 0, count = 0] = (last?.[0] ?? '').split('-').map(Number);
    return { identity, term, count };
  }

  it('rule 12: counts only for this server and this term, and only if it is as far', async () => {
    const member = await stage.member();
    for (let at = 0; at < 3; at += 1) await member.end(await member.begin());
    const { identity, term, count } = await place();
    const notHeard = [`${identity} ${term}-${count - 1}`, `other ${term}-${count + 9}`];
    for (const heard of [
      ...notHeard,
      `${identity} ${term - 1}-99`,
      `${identity} ${term + 1}-0`,
      'other *',
      '*',
    ]) {
      await say(heard);
      await member.counts(1, 2);
    }
    for (const heard of [
      `${identity} ${term}-${count}`,
      `${identity} ${term}-${count + 9}`,
      `${identity} *`,
    ]) {
      await say(heard);
      await member.counts(2);
    }
  });

  it('rule 12: is heard at once, and also where the message of it is lost', async () => {
    const [revoker, ways] = await stage.reached();
    const [one, other] = [await stage.member(), await stage.member()];
    for (const disturb of [() => undefined, () => ways.general.cut()]) {
      disturb();
      const sessionId = await revoker.begin();
      for (const each of [one, other]) await keeps(each, sessionId);
      await revoker.end(sessionId);
      await revoker.counts(3);
      for (const each of [one, other]) expect(serves(each, sessionId)).toBe(false);
    }
  });

  it('rule 12: has a process that asks each time counted on the server that it believes, from its second beat', async () => {
    const asking = stage.add({ isNear: false });
    const member = await stage.member();
    await asking.becomes('fresh');
    await member.counts(2);
    await stage.redis.hset(RECON_KEY, 'id', 'none');
    await markReconciled(stage.redis);
    const { identity } = await place();
    await eventually(async () =>
      expect(await stage.redis.get(instanceKey(asking.instance))).toMatch(` ${identity} *`),
    );
  });

  it('rule 13: is known beyond its lease, and not counted as having heard once it says nothing', async () => {
    const [member, gone] = [await stage.member(), await stage.member()];
    const lifeMs = await stage.redis.pttl(instanceKey(gone.instance));
    expect(lifeMs).toBeGreaterThan(member.belief.maxStalenessMs);
    gone.write.disconnect();
    gone.read.disconnect();
    await stage.redis.del(instanceKey(gone.instance));
    await member.end(await member.begin());
    await member.counts(1, 2);
  });

  it('rule 13: is counted, and not waited for, once it has been silent for longer than a store comes back in', async () => {
    const PATIENCE_MS = 300;
    const patient = await stage.member({ receiptPatienceMs: 600_000 });
    const waiting = await stage.member({ receiptPatienceMs: PATIENCE_MS });
    const both = { acknowledgedBy: 2, instances: 3 };
    const beaten = (agoMs: number) => stage.redis.zadd(INSTANCES_KEY, Date.now() - agoMs, 'ghost');
    const begun = (agoMs: number) => stage.redis.hset(RECON_KEY, 'at', Date.now() - agoMs);
    await begun(60_000);
    await beaten(30_000);
    expect(await patient.acknowledged()).toEqual(both);
    const isWaitedFor = async () => {
      const askedAt = performance.now();
      expect(await waiting.acknowledged()).toEqual(both);
      return performance.now() - askedAt >= PATIENCE_MS;
    };
    await beaten(0);
    expect(await isWaitedFor()).toBe(true);
    await beaten(30_000);
    await begun(1_100); // while the term before ended, nobody could beat
    expect(await isWaitedFor()).toBe(true);
  });

  it('rule 13: is missing for a second after a term has begun: whoever is not known yet may be there', async () => {
    const ledger = new MemoryRevocationLedger();
    const member = await stage.member();
    const reconciler = member.reconcile(ledger);
    await stage.redis.flushall();
    await eventually(async () => expect(await stage.term()).toBeGreaterThan(0));
    const begunAt = Number(await stage.redis.hget(RECON_KEY, 'at'));
    await member.stands('fresh');
    const counted = await eventually(async () => {
      const each = await member.acknowledged();
      if (each.acknowledgedBy < 1) throw new Error('It has not heard.');
      return each;
    });
    const [seconds, microseconds] = (await stage.redis.time()).map(Number);
    expect((seconds ?? 0) * 1_000 + (microseconds ?? 0) / 1_000).toBeGreaterThanOrEqual(begunAt + 1_000);
    expect(counted).toEqual({ acknowledgedBy: 1, instances: 1 });
    await reconciler.close();
  });
});
