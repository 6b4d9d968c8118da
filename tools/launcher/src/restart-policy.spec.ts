import { describe, expect, it } from '@jest/globals';
import { restartDelay } from './restart-policy.js';

describe('the delay before a restart', () => {
  it('is the configured one while a process does not crash again and again', () => {
    expect([0, 1, 2, 3].map((quickEnds) => restartDelay(1_000, quickEnds))).toEqual([
      1_000, 1_000, 1_000, 1_000,
    ]);
  });

  it('doubles from the fourth quick end on, to 30 s at most', () => {
    expect([4, 5, 6, 7, 8, 9, 1_000].map((quickEnds) => restartDelay(1_000, quickEnds))).toEqual([
      2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('slows a crash loop down even where the configured delay is 0', () => {
    expect(restartDelay(0, 0)).toBe(0);
    expect(restartDelay(0, 6)).toBe(2_000);
  });

  it('is never shorter than the configured one', () => {
    expect(restartDelay(60_000, 9)).toBe(60_000);
  });
});
