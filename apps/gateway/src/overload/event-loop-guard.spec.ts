import { describe, expect, it } from '@jest/globals';
import { EventLoopGuard, shedsAt } from './event-loop-guard.js';

const LIMIT_MS = 250;
const shed = (delayMs: number, utilization = 1) =>
  (['low', 'normal', 'high'] as const).filter((priority) =>
    shedsAt({ delayMs, utilization }, LIMIT_MS, priority),
  );

describe('the event loop guard', () => {
  it('G20: sheds low requests at its limit, normal ones at four times that, high ones never', () => {
    expect(shed(249)).toEqual([]);
    expect(shed(250)).toEqual(['low']);
    expect(shed(999)).toEqual(['low']);
    expect(shed(1_000)).toEqual(['low', 'normal']);
    expect(shed(60_000)).toEqual(['low', 'normal']);
  });

  it('sheds nothing where the loop is late for want of a processor and not of time', () => {
    expect(shed(60_000, 0.94)).toEqual([]);
  });

  it('sheds nothing where it is switched off, and while nothing is wrong', () => {
    for (const guard of [new EventLoopGuard(0), new EventLoopGuard(LIMIT_MS)]) {
      expect(guard.sheds('low')).toBe(false);
      guard.close();
    }
  });

  it('notices a loop that is kept busy', async () => {
    const guard = new EventLoopGuard(1);
    while (!guard.sheds('low')) {
      const until = performance.now() + 40;
      while (performance.now() < until);
      await new Promise(setImmediate);
    }
    guard.close();
  });
});
