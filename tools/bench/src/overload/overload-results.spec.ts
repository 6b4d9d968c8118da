import { describe, expect, it } from '@jest/globals';
import type { Asked } from './open-loop.js';
import { goodPerSecond, goodput, recoverySeconds, servedShare, tookMs } from './overload-results.js';

const asked = (
  second: number,
  outcome: Asked['outcome'],
  tookFor = 10,
  priority: Asked['priority'] = 'low',
) => ({ dueMs: second * 1_000 + 500, outcome, tookMs: tookFor, priority }) as const;

const SOME = [
  asked(0, 'good', 10),
  asked(0, 'good', 30),
  asked(0, 'shed', 1, 'high'),
  asked(1, 'late', 1_000),
  asked(2, 'good', 20, 'high'),
];

describe('what came of a load', () => {
  it('is counted by when it was due', () => {
    expect(goodPerSecond(SOME)).toEqual([2, 0, 1]);
    expect(goodput(SOME)).toBe(1);
    expect([servedShare(SOME, 'high'), servedShare(SOME, 'low')]).toEqual([0.5, 2 / 3]);
    expect([tookMs(SOME, 'good', 0.5), tookMs(SOME, 'good', 1)]).toEqual([20, 30]);
    expect(tookMs([], 'good', 0.5)).toBeNaN();
  });

  it('has recovered when no second after that is bad', () => {
    expect(recoverySeconds([asked(0, 'good')])).toBe(0);
    expect(recoverySeconds([asked(0, 'late'), asked(1, 'good'), asked(2, 'late'), asked(3, 'good')])).toBe(3);
    expect(recoverySeconds([asked(0, 'good'), asked(1, 'late')])).toBeNaN();
  });
});
