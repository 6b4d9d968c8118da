import { describe, expect, it } from '@jest/globals';
import { sumTotals, totalsExitCode, totalsLine } from './test-totals.js';

const report = (passed: number, failed = 0, broken = 0) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numRuntimeErrorTestSuites: broken,
});

describe('the totals of a test run', () => {
  it('are summed over all runs', () => {
    const totals = sumTotals([
      { report: report(10), exitCode: 0 },
      { report: report(5), exitCode: 0 },
    ]);
    expect(totalsLine(totals)).toBe('Tests: 15 passed, 0 failed');
    expect(totalsExitCode(totals)).toBe(0);
  });

  it('count a suite that could not run as failed', () => {
    expect(sumTotals([{ report: report(10, 2, 1), exitCode: 1 }])).toEqual({ passed: 10, failed: 3 });
  });

  it('count a run that left no report, or failed for another reason, as failed', () => {
    expect(sumTotals([{ report: undefined, exitCode: 1 }])).toEqual({ passed: 0, failed: 1 });
    expect(sumTotals([{ report: report(3), exitCode: 1 }])).toEqual({ passed: 3, failed: 1 });
  });

  it('are no success where nothing ran', () => {
    expect(totalsExitCode({ passed: 0, failed: 0 })).toBe(1);
    expect(totalsExitCode({ passed: 9, failed: 1 })).toBe(1);
  });
});
