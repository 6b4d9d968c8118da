import { describe, expect, it } from '@jest/globals';
import type { LoadReport, TimedAnswer } from '@holdfast/fleet-client';
import { countFailures, p99Ms, recoveryMs } from './statistics.js';

const answer = (dueAtMs: number, answeredAtMs: number, reason?: string): TimedAnswer => ({
  dueAtMs,
  answeredAtMs,
  ...(reason === undefined ? {} : { reason }),
});
const load = (latenciesMs: number[]): LoadReport => ({
  sent: latenciesMs.length,
  answers: [],
  failures: [],
  latenciesMs,
  longestGapMs: 0,
});

describe('the statistics of a trial', () => {
  it('count failures by reason, the most frequent first', () => {
    const answers = [answer(0, 1), answer(1, 2, '401'), answer(2, 3, '503'), answer(3, 4, '503')];
    expect(countFailures(answers)).toEqual([
      ['503', 2],
      ['401', 1],
    ]);
  });

  it('take the p99 over all loads together', () => {
    const many = Array.from({ length: 99 }, () => 5);
    expect(p99Ms([load(many), load([700])])).toBe(700);
    expect(p99Ms([load([...many, 5, 5]), load([700])])).toBe(5);
    expect(p99Ms([])).toBe(0);
  });
});

describe('the time to recover', () => {
  const span = { fromMs: 1_000, untilMs: 10_000 };

  it('ends with the answer of the last request that failed', () => {
    expect(recoveryMs([answer(1_200, 3_500, '503'), answer(2_000, 2_100)], span)).toBe(2_500);
  });

  it('ends with the last late answer where none failed after it', () => {
    expect(recoveryMs([answer(1_200, 3_500), answer(1_300, 1_400, '503')], span)).toBe(2_500);
    expect(recoveryMs([answer(8_000, 9_900)], span)).toBe(8_900);
  });

  it('is 0 where nothing failed since, whatever failed before', () => {
    expect(recoveryMs([answer(900, 1_500, '503'), answer(2_000, 2_100)], span)).toBe(0);
  });

  it('is unknown while requests fail up to the end', () => {
    expect(recoveryMs([answer(9_000, 9_100, '503')], span)).toBeUndefined();
    expect(recoveryMs([answer(7_000, 7_900, '503')], span)).toBe(6_900);
  });
});
