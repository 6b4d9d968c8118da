import type { Asked, AskedPriority } from './open-loop.js';

/** A gateway that was measured. */
export interface OverloadRun {
  readonly name: string;
  readonly side: 'ours' | 'base';
  /** Good answers a second, the most that any load got. */
  readonly peak: number;
  /** Before, during and after the overload, one after the other. */
  readonly calm: readonly Asked[];
  readonly overload: readonly Asked[];
  readonly after: readonly Asked[];
}

/** Good answers of each second, by when their requests were due. */
export function goodPerSecond(asked: readonly Asked[]): readonly number[] {
  const seconds = Math.ceil(Math.max(0, ...asked.map(({ dueMs }) => dueMs + 1)) / 1_000);
  const counts = new Array<number>(seconds).fill(0);
  for (const { outcome, dueMs } of asked) {
    const second = Math.floor(dueMs / 1_000);
    if (outcome === 'good') counts[second] = (counts[second] ?? 0) + 1;
  }
  return counts;
}

/** Good answers a second over all of a load. */
export function goodput(asked: readonly Asked[]): number {
  const counts = goodPerSecond(asked);
  return counts.reduce((total, count) => total + count, 0) / Math.max(1, counts.length);
}

/** Which part of what was asked for with a priority was answered well. */
export function servedShare(asked: readonly Asked[], priority: AskedPriority): number {
  const all = asked.filter((one) => one.priority === priority);
  return all.filter(({ outcome }) => outcome === 'good').length / Math.max(1, all.length);
}

/** How long what ended so took, at a quantile; `NaN` if nothing did. */
export function tookMs(asked: readonly Asked[], outcome: Asked['outcome'], part: number): number {
  const sorted = asked
    .filter((one) => one.outcome === outcome)
    .map((one) => one.tookMs)
    .sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

/** Seconds after the overload until 99 % of what a second asks for is answered well, for good; `NaN` if never. */
export function recoverySeconds(after: readonly Asked[]): number {
  const good = goodPerSecond(after);
  const all = goodPerSecond(after.map((one) => ({ ...one, outcome: 'good' as const })));
  const last = good.findLastIndex((count, second) => count < 0.99 * (all[second] ?? 0));
  return last === good.length - 1 ? Number.NaN : last + 1;
}
