import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { BLOCK_MS, createRedis } from './create-redis.js';
import { JOURNAL_KEY, RECON_KEY } from './recon-scripts.js';
import { markReconciled } from './reconciler.js';
import { eventually } from './spec/eventually.js';
import { JournalStage, keeps, seen, serves, type Ways } from './spec/journal-stage.js';
import type { Member } from './spec/member.js';

let stage: JournalStage;
let writer: Member;
let member: Member;
let ways: Ways;
let sessionId: string;

beforeEach(async () => {
  stage = await JournalStage.open();
  writer = await stage.member();
  [member, ways] = await stage.reached();
  sessionId = await writer.begin();
  await keeps(member, sessionId);
});
afterEach(() => stage.close());

const nameOf = (id: string): string => writer.keyOf(id).split(':s:')[1] ?? '';
/** What stands in the journal for an end. */
const endOf = (id: string): readonly string[] => ['ended', `logout ${Date.now()} ${nameOf(id)}`];
const add = (id: string, fields: readonly string[]) => stage.redis.xadd(JOURNAL_KEY, id, ...fields);

describe('the fence', () => {
  it('rule 1: is when an answered read was sent, not when its answer came', async () => {
    ways.journal.delay({ back: 300 });
    const ages: number[] = [];
    for (let before = member.cache.confirmedAt; ages.length < 4; await sleep(1)) {
      const { confirmedAt } = member.cache;
      if (confirmedAt !== before) ages.push(performance.now() - confirmedAt);
      before = confirmedAt;
    }
    // The first one may have been answered before.
    expect(Math.min(...ages.slice(1))).toBeGreaterThanOrEqual(299);
  });

  it('rule 1: is not moved by a full answer, which says nothing of what comes after it', async () => {
    ways.journal.delay({ back: 400 }); // so that beats come between two answers
    const term = await stage.term();
    const all = stage.redis.multi();
    for (let at = 0; at < 1_400; at += 1) all.xadd(JOURNAL_KEY, `${term}-*`, 'changed', 'other');
    all.xadd(JOURNAL_KEY, `${term}-*`, ...endOf(sessionId));
    await all.exec();
    const journalledAt = performance.now();
    while (!member.cache.endOf(nameOf(sessionId))) {
      expect(member.cache.confirmedAt).toBeLessThanOrEqual(journalledAt);
      await sleep(1);
    }
  });

  it('rule 1: is moved after what came is applied, never before', async () => {
    let isAhead = false;
    const confirm = member.cache.confirm.bind(member.cache);
    const heardBy = (at: number) =>
      [...endedAt].filter(([id, when]) => when < at && !member.cache.endOf(nameOf(id)));
    member.cache.confirm = (at) => {
      if (heardBy(at).length > 0) isAhead = true;
      confirm(at);
    };
    const endedAt = new Map<string, number>();
    for (let count = 0; count < 200; count += 1) {
      const id = await writer.begin();
      await writer.end(id);
      endedAt.set(id, performance.now());
    }
    await eventually(() => expect(heardBy(performance.now())).toEqual([]));
    expect(isAhead).toBe(false);
  });
});

describe('the lease', () => {
  it('rule 2: is long enough for a blocking read that is late', () => {
    expect(BLOCK_MS).toBeLessThanOrEqual(1_000 / 2 - 150);
  });

  it.each(['journal', 'write'] as const)(
    'rule 2: is over a second after what was heard, where the %s link is cut off, half open or slow',
    async (link) => {
      for (const disturb of [
        () => ways[link].hold(),
        () => ways[link].cut(),
        () => ways[link].delay({ there: 1_500 }),
      ]) {
        await member.stands('fresh');
        await keeps(member, sessionId);
        disturb();
        const disturbedAt = performance.now();
        let lastServedAt = 0;
        while (member.cache.isConfirmed(performance.now()) || member.journal?.state === 'fresh') {
          const now = performance.now();
          if (serves(member, sessionId)) lastServedAt = now;
          await sleep(2);
        }
        expect(lastServedAt).toBeLessThan(disturbedAt + 1_000);
        expect(serves(member, sessionId)).toBe(false);
        ways[link].release();
      }
    },
  );
});

describe('entries', () => {
  it('rule 3: have ids that are dense and of one term, whoever writes them', async () => {
    const other = await stage.member();
    await Promise.all(
      [writer, member, other].map(async (by) => {
        const id = await by.begin();
        await by.store.amend(id, 1, { acr: 2 });
        await by.end(id);
      }),
    );
    const term = await stage.term();
    const ids = await stage.entryIds();
    expect(ids).toHaveLength(7);
    expect(ids).toEqual(ids.map((_, at) => `${term}-${at}`));
  });

  it.each<[string, () => Promise<unknown>]>([
    ['one was left out', async () => add(`${await stage.term()}-77`, ['changed', 'other'])],
    ['one was removed', () => hide((id) => stage.redis.xdel(JOURNAL_KEY, id))],
    ['it was trimmed past them', () => hide(() => stage.redis.xtrim(JOURNAL_KEY, 'MAXLEN', 1))],
    ['another term began', () => beginTerm()],
  ])(
    'rule 6: of which some are missing begin an epoch, but ends that were heard hold: %s',
    async (_, lose) => {
      const heard = await writer.begin();
      await keeps(member, heard);
      await writer.end(heard);
      await eventually(() => expect(member.cache.endOf(nameOf(heard))).toBeDefined());
      await lose();
      await eventually(() => expect(member.cache.size).toBe(0));
      await member.stands('fresh');
      await keeps(member, await writer.begin());
      expect(await seen(member, heard)).toEqual({ state: 'ended', isNear: true });
    },
  );

  it('rule 6: that were never heard are not missed: who was ended by them is not served', async () => {
    await hide(
      (id) => stage.redis.xdel(JOURNAL_KEY, id),
      () => writer.end(sessionId),
    );
    await eventually(async () =>
      expect(await writer.acknowledged()).toEqual({ acknowledgedBy: 2, instances: 2 }),
    );
    expect((await seen(member, sessionId)).state).toBe('ended');
  });

  it('rule 15: are kept far beyond the longest pause, and not for ever', async () => {
    const term = await stage.term();
    const many = `for _ = 1, 10000 do redis.call('XADD', KEYS[1], ARGV[1], 'changed', 'other') end`;
    for (let round = 0; round < 6; round += 1) await stage.redis.eval(many, 1, JOURNAL_KEY, `${term}-*`);
    await writer.end(sessionId);
    const length = await stage.redis.xlen(JOURNAL_KEY);
    expect(length).toBeGreaterThanOrEqual(50_000);
    expect(length).toBeLessThan(51_000);
  });
});

describe('a connection that is lost', () => {
  it('rule 7: goes on where it was on the same server, and hears what was said meanwhile', async () => {
    const other = await writer.begin();
    await keeps(member, other);
    ways.journal.cut();
    await member.stands('direct');
    await writer.end(other);
    ways.journal.release();
    await member.stands('fresh');
    expect(await seen(member, sessionId)).toEqual({ state: 'live', isNear: true });
    // Until it has heard it serves what it has, within its bound.
    await eventually(async () => expect(await seen(member, other)).toEqual({ state: 'ended', isNear: true }));
    expect(member.entries.map(({ kind }) => kind)).toEqual(['ended']);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['is in another term', () => beginTerm()],
    ['was started again', () => restart()],
    ['lost all data', () => stage.redis.flushall().then(() => markReconciled(stage.redis))],
    ['is behind it', async () => stage.redis.xdel(JOURNAL_KEY, (await stage.entryIds()).at(-1) ?? '')],
  ])('rule 7: begins anew where the server %s', async (_, change) => {
    await writer.store.amend(await writer.begin(), 1, { acr: 2 });
    await eventually(() => expect(member.entries).toHaveLength(1));
    ways.journal.cut();
    await member.stands('direct');
    await change();
    ways.journal.release();
    await eventually(() => member.stands('fresh'));
    expect(member.cache.size).toBe(0);
  });
});

describe('the journal link', () => {
  it('rule 14: has what notices a server that hangs, and nothing that would answer in its place', async () => {
    const options = member.follow?.options;
    expect(options).toMatchObject({
      socketTimeout: 2 * BLOCK_MS + 200,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      enableAutoPipelining: false,
      enableOfflineQueue: false,
    });
    // Their clients answer by themselves: with an error, or, worse, with nothing.
    expect([options?.commandTimeout, options?.blockingTimeout]).toEqual([undefined, undefined]);
  });

  it('rule 14: hears nothing from a server that does not answer, not even that nothing has happened', async () => {
    ways.journal.hold();
    const heldAt = performance.now();
    await new Promise((resolve) => member.follow?.once('close', resolve));
    expect(performance.now() - heldAt).toBeGreaterThan(BLOCK_MS);
    await member.belief.look(); // beats go on, so that it is the fence alone that confirms nothing
    expect(member.cache.confirmedAt).toBeLessThanOrEqual(heldAt);
    ways.journal.release();
    await member.stands('fresh');
  });

  it('rule 14: sends nothing again', async () => {
    const proxy = (await stage.ways()).journal;
    const redis = createRedis(proxy, 'journal');
    await eventually(() => expect(redis.status).toBe('ready'));
    proxy.delay({ back: 50 });
    const counting = redis.incr('count');
    await eventually(async () => expect(await stage.redis.get('count')).toBe('1'));
    proxy.break();
    await expect(counting).rejects.toThrow();
    await eventually(() => expect(redis.status).toBe('ready'));
    expect(await redis.get('count')).toBe('1');
    redis.disconnect();
  });
});

/** Has entries journalled that the member does not hear, and does something to one amid them. */
async function hide(
  lose: (id: string) => Promise<unknown>,
  journal: () => Promise<unknown> = async () => writer.end(await writer.begin()),
): Promise<void> {
  ways.journal.hold();
  await writer.end(await writer.begin()); // brings its blocking read back
  await journal();
  const hidden = (await stage.entryIds()).at(-1) ?? '';
  await writer.end(await writer.begin());
  await lose(hidden);
  ways.journal.release();
}

async function beginTerm(): Promise<void> {
  await stage.redis.hset(RECON_KEY, 'id', 'none');
  await markReconciled(stage.redis);
}

async function restart(): Promise<void> {
  await stage.server.kill();
  await stage.server.start();
  await eventually(() => markReconciled(stage.redis));
}
