import { expect, it } from '@jest/globals';
import { bucketsOf } from './buckets.js';

it('counts answers by the step in which they came, the late ones for themselves', () => {
  const answers = [
    { dueAtMs: -90, answeredAtMs: -60 },
    { dueAtMs: 0, answeredAtMs: 99 },
    { dueAtMs: 0, answeredAtMs: 100 },
    { dueAtMs: -950, answeredAtMs: 51 },
    { dueAtMs: 10, answeredAtMs: 150, reason: '503' },
    { dueAtMs: 150, answeredAtMs: 200 },
    { dueAtMs: -300, answeredAtMs: -101 },
  ];
  expect(bucketsOf(answers, -100, 200)).toEqual([
    { fromMs: -100, ok: 1, late: 0, failed: 0 },
    { fromMs: 0, ok: 1, late: 1, failed: 0 },
    { fromMs: 100, ok: 1, late: 0, failed: 1 },
  ]);
  expect(bucketsOf(answers, 0, 0)).toEqual([]);
});
