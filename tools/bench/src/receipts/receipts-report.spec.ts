import { describe, expect, it } from '@jest/globals';
import { receiptsReport, type ReceiptRound } from './receipts-report.js';

const upTo = (longest: number): ReceiptRound => ({
  atOnce: 1,
  tookMs: Array.from({ length: 100 }, (_, n) => ((n + 1) * longest) / 100),
  ofReceiptMs: [3, 4, 9],
  instances: 8,
  isComplete: 99,
});
const machine = { cores: 2, busy: 0.25 };

describe('the report of receipts', () => {
  it('has the quantiles, how many were complete, and whether the goals are met', () => {
    const report = receiptsReport([upTo(20)], machine);
    expect(report).toContain('| 1 | 10.0 | 19.8 | 20.0 | 4 | 9 | 99 of 100 | 8 |');
    expect(report).toContain('p50 at most 10 ms (met), p99 at most 20 ms (met)');
  });

  it('says what is missed', () => {
    const report = receiptsReport([{ ...upTo(30), ofReceiptMs: [11, 12, 21] }], machine);
    expect(report).toContain('p50 at most 10 ms (**missed**), p99 at most 20 ms (**missed**)');
  });
});
