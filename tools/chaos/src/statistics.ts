import { percentile, type LoadReport, type TimedAnswer } from '@holdfast/fleet-client';

/** How often requests failed for each reason, the most frequent first. */
export type FailureCounts = readonly (readonly [reason: string, count: number])[];

/** Counts failures by their reason. */
export function countFailures(answers: readonly TimedAnswer[]): FailureCounts {
  const counts = new Map<string, number>();
  for (const { reason } of answers)
    if (reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** The latency that 99 of 100 answered requests of all these loads stayed under, in milliseconds. */
export function p99Ms(reports: readonly LoadReport[]): number {
  const latenciesMs = reports.flatMap((report) => report.latenciesMs).sort((a, b) => a - b);
  return percentile({ latenciesMs }, 0.99);
}

/** A success that took longer is late. */
export const LATE_MS = 1_000;

/**
 * How long after `fromMs` the last request that was sent since failed or was late; 0 where none was, `undefined` where one
 * failed so close to `untilMs` that nobody can say whether it was the last (`quietMs`, 2,000 by default).
 */
export function recoveryMs(
  answers: readonly TimedAnswer[],
  { fromMs, untilMs, quietMs = 2_000 }: { fromMs: number; untilMs: number; quietMs?: number },
): number | undefined {
  const since = answers.filter(({ dueAtMs }) => dueAtMs >= fromMs);
  const failed = since.filter(({ reason }) => reason !== undefined);
  if (lastOf(failed) > untilMs - quietMs) return undefined;
  const late = since.filter(({ dueAtMs, answeredAtMs }) => answeredAtMs - dueAtMs > LATE_MS);
  return Math.max(0, lastOf([...failed, ...late]) - fromMs);
}

function lastOf(answers: readonly TimedAnswer[]): number {
  return answers.reduce((last, { answeredAtMs }) => Math.max(last, answeredAtMs), -Infinity);
}
