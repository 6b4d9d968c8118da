import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SessionCensus } from './session-census.js';

/** A census whose counts are answered by the spec; a count under way is `asked`. */
function stage() {
  const asked: { signal: AbortSignal; answer: (live: number) => void; fail: (why: Error) => void }[] = [];
  const logged: string[] = [];
  const count = (signal: AbortSignal) =>
    new Promise<number>((answer, fail) => void asked.push({ signal, answer, fail }));
  const logger = {
    log: () => void logged.push('log'),
    warn: () => void logged.push('warn'),
  };
  const census = new SessionCensus({ count, logger, everyMs: 0 });
  /** The n-th count, once it is asked for. */
  const nth = async (n: number) => {
    for (;;) {
      const found = asked[n - 1];
      if (found) return found;
      await turn();
    }
  };
  return { census, asked, logged, nth };
}

describe('SessionCensus', () => {
  it('says nothing before it has counted, then what it counted and how old that is', async () => {
    const { census, nth } = stage();
    expect(census.latest).toBeUndefined();
    census.start();
    const first = await nth(1);
    expect(census.latest).toBeUndefined();
    first.answer(7);
    await nth(2);
    expect(census.latest).toEqual({ live: 7, ageMs: expect.any(Number) });
    expect(census.latest?.ageMs).toBeGreaterThanOrEqual(0);
    census.stop();
  });

  it('counts one at a time, however often it is told to', async () => {
    const { census, asked, nth } = stage();
    census.start();
    census.start();
    await nth(1);
    for (let n = 0; n < 5; n += 1) {
      census.start();
      await turn();
    }
    expect(asked).toHaveLength(1);
    census.stop();
  });

  it('stops a count and forgets the last one when somebody else is on duty, and goes on when it is its turn', async () => {
    const { census, asked, nth } = stage();
    census.start();
    (await nth(1)).answer(7);
    const second = await nth(2);
    census.stop();
    expect([census.latest, second.signal.aborted]).toEqual([undefined, true]);
    census.start();
    await turn();
    expect(asked).toHaveLength(2);
    second.answer(8);
    (await nth(3)).answer(9);
    await nth(4);
    expect(census.latest?.live).toBe(9);
    census.stop();
  });

  it('keeps the count before while the store is away, and says so once', async () => {
    const { census, logged, nth } = stage();
    census.start();
    (await nth(1)).answer(7);
    (await nth(2)).fail(new Error('away'));
    (await nth(3)).fail(new Error('away'));
    const fourth = await nth(4);
    expect([census.latest?.live, logged]).toEqual([7, ['warn']]);
    fourth.answer(8);
    await nth(5);
    expect([census.latest?.live, logged]).toEqual([8, ['warn', 'log']]);
    census.stop();
  });
});
