import type { TimedAnswer } from '@holdfast/fleet-client';
import { LATE_MS } from './statistics.js';

/** How many answers came within one step of time. */
export interface Bucket {
  /** When the step begins. */
  readonly fromMs: number;
  readonly ok: number;
  /** Successes that took longer than `LATE_MS`. */
  readonly late: number;
  readonly failed: number;
}

/** What a step of the timeline lasts. */
export const STEP_MS = 100;

/** Counts answers in steps of 100 ms from `fromMs` to `untilMs`, by when they came. */
export function bucketsOf(
  answers: readonly TimedAnswer[],
  fromMs: number,
  untilMs: number,
): readonly Bucket[] {
  const steps = Math.max(0, Math.ceil((untilMs - fromMs) / STEP_MS));
  const buckets = Array.from({ length: steps }, (_none, at) => ({
    fromMs: fromMs + at * STEP_MS,
    ok: 0,
    late: 0,
    failed: 0,
  }));
  for (const { dueAtMs, answeredAtMs, reason } of answers) {
    const bucket = buckets[Math.floor((answeredAtMs - fromMs) / STEP_MS)];
    if (bucket === undefined) continue;
    if (reason !== undefined) bucket.failed += 1;
    else if (answeredAtMs - dueAtMs > LATE_MS) bucket.late += 1;
    else bucket.ok += 1;
  }
  return buckets;
}
