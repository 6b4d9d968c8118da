import { describe, expect, it } from '@jest/globals';
import { secondsOf, totalsOf, type Sample } from './samples.js';

const sample = (at: number, more: Partial<Sample> = {}): Sample => ({
  at,
  isGood: true,
  retries: 0,
  tookMs: 10,
  ...more,
});

describe('the curves', () => {
  it('count what came in each whole second, the one under way left out', () => {
    const seconds = secondsOf(
      [
        sample(7_999),
        sample(8_000, { tookMs: 1 }),
        sample(8_999, { retries: 1, tookMs: 30 }),
        sample(9_100, { isGood: false, tookMs: 200 }),
        sample(10_050),
      ],
      10_400,
      2,
    );
    expect(seconds).toEqual([
      { at: 8_000, good: 2, retried: 1, failed: 0, p50Ms: 1, p99Ms: 30 },
      { at: 9_000, good: 0, retried: 0, failed: 1, p50Ms: 200, p99Ms: 200 },
    ]);
  });

  it('are empty where nothing came', () => {
    expect(secondsOf([], 5_000, 1)).toEqual([
      { at: 4_000, good: 0, retried: 0, failed: 0, p50Ms: undefined, p99Ms: undefined },
    ]);
  });

  it('add up: a retry that failed in the end is a failure', () => {
    const seen = [
      sample(1),
      sample(2, { retries: 2 }),
      sample(3, { retries: 1, isGood: false, tookMs: 900 }),
    ];
    expect(totalsOf(seen)).toEqual({ requests: 3, failed: 1, retried: 1, p50Ms: 10, p99Ms: 900 });
  });
});
