/** What Jest's JSON report says, as far as the totals need it. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly wasInterrupted?: boolean;
}

/** How one run of Jest ended: its report, if it left one, and its exit code. */
export interface JestRun {
  readonly report: JestReport | undefined;
  readonly exitCode: number;
}

/** What all runs come to. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** Counts one run. Whatever made it fail counts: a test, a suite that could not run, or the run itself. */
export function totalsOf({ report, exitCode }: JestRun): Totals {
  if (report === undefined) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** Sums several runs up. */
export function sumTotals(runs: readonly JestRun[]): Totals {
  return runs
    .map(totalsOf)
    .reduce((sum, each) => ({ passed: sum.passed + each.passed, failed: sum.failed + each.failed }), {
      passed: 0,
      failed: 0,
    });
}

/** The very last line of the output. */
export function totalsLine({ passed, failed }: Totals): string {
  return `Tests: ${passed} passed, ${failed} failed`;
}

/** The exit code that goes with it: nothing failed, and something ran. */
export function totalsExitCode({ passed, failed }: Totals): 0 | 1 {
  return failed === 0 && passed > 0 ? 0 : 1;
}
