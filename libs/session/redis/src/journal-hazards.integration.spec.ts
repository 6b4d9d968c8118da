import type { TcpProxy } from '@holdfast/session-testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './spec/eventually.js';
import { JournalStage, keeps, seen, serves, type Ways } from './spec/journal-stage.js';
import type { Member } from './spec/member.js';
import { endDuringStall } from './spec/stall.js';

const RACES = 2_000;

let stage: JournalStage;
let writer: Member;
let member: Member;
let ways: Ways;

beforeEach(async () => {
  stage = await JournalStage.open();
  writer = await stage.member();
  [member, ways] = await stage.reached();
});
afterEach(() => stage.close());

const all = (): readonly TcpProxy[] => [ways.read, ways.write, ways.journal, ways.general];

describe('a read in flight', () => {
  it.each([
    ['the end is heard before its answer comes', { data: { back: 8 }, journal: {} }],
    ['its answer comes before the end is heard', { data: {}, journal: { back: 8 } }],
    ['it comes to the store after the end', { data: { there: 8 }, journal: {} }],
    ['anything happens', { data: { there: 1, back: 1 }, journal: { back: 1 } }],
  ])(
    'rule 11: is overtaken by an end or a change, and brings nothing near that is over: %s',
    async (_, { data, journal }) => {
      ways.read.delay(data);
      ways.journal.delay(journal);
      for (let races = 0; races < RACES / 4; races += 100) {
        const ids = await Promise.all(Array.from({ length: 100 }, () => writer.begin()));
        await Promise.all(ids.map(race));
        await eventually(() => expect(member.entries).toHaveLength(races + 100));
        expect(ids.filter(servesStale)).toEqual([]);
      }
    },
  );

  /** Has a member read a session while it ends, or changes. */
  async function race(sessionId: string, at: number): Promise<void> {
    const reading = seen(member, sessionId);
    await sleep(at % 5);
    await (at % 2 ? writer.end(sessionId) : writer.store.amend(sessionId, 1, { acr: 2 }));
    await reading;
  }

  /** What it has near is not the last that was heard of it. */
  function servesStale(sessionId: string): boolean {
    const answer = member.near.confirm(sessionId, 'read');
    if (answer instanceof Promise) answer.catch(() => undefined);
    else if (answer.found.state === 'live') return answer.found.record.version === 1;
    return false;
  }
});

describe('what was said and not heard', () => {
  it('is never served longer than a second after it ended, whatever the links do', async () => {
    const disturb: readonly (() => void)[] = [
      () => ways.journal.hold(),
      () => ways.journal.cut(),
      () => ways.journal.delay({ back: 700 }),
      () => all().forEach((way) => way.hold()),
    ];
    for (const begin of disturb) {
      await eventually(() => member.stands('fresh'));
      const ids = await Promise.all(Array.from({ length: 20 }, () => writer.begin()));
      for (const sessionId of ids) await keeps(member, sessionId);
      begin();
      const endedAt = new Map<string, number>();
      const ending = Promise.all(
        ids.map(async (sessionId, at) => {
          await sleep(at * 20);
          await writer.end(sessionId);
          endedAt.set(sessionId, performance.now());
        }),
      );
      for (const until = performance.now() + 1_800; performance.now() < until; await sleep(1)) {
        for (const sessionId of ids) {
          const now = performance.now();
          if (serves(member, sessionId)) expect(now).toBeLessThan((endedAt.get(sessionId) ?? now) + 1_000);
        }
      }
      await ending;
      for (const way of all()) way.release();
    }
  });

  it('is asked for after a pause of the process, before anything else can tell', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => writer.begin()));
    for (const sessionId of ids) await keeps(member, sessionId);
    await endDuringStall(
      stage.server,
      ids.map((sessionId) => writer.keyOf(sessionId)),
      1_050,
    );
    expect(ids.filter((sessionId) => serves(member, sessionId))).toEqual([]);
    await eventually(() => member.stands('fresh'));
    for (const sessionId of ids) expect((await seen(member, sessionId)).state).toBe('ended');
  });
});

it('is read once for however many who ask for it at once', async () => {
  const sessionId = await writer.begin();
  await keeps(writer, sessionId);
  ways.read.delay({ back: 20 });
  const calls = async () =>
    Number(/cmdstat_get:calls=(\d+)/.exec(await stage.redis.info('commandstats'))?.[1] ?? 0);
  const before = await calls();
  await Promise.all(Array.from({ length: 1_000 }, () => seen(member, sessionId)));
  // Besides, each beat of both reads one key.
  expect((await calls()) - before).toBeLessThan(20);
});
