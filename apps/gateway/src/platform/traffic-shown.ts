import type { Topology } from '@holdfast/contracts';
import { middleOf, type TrafficCounts } from '../metrics/traffic-window.js';

type Traffic = Topology['services'][number]['instances'][number]['traffic'];

/** What several workers counted, as one. A percentile is the middle of the bucket that it falls into. */
export function trafficOf(all: readonly TrafficCounts[]): Traffic {
  const sum = (each: (counts: TrafficCounts) => number) =>
    all.reduce((total, counts) => total + each(counts), 0);
  const tries = sum((counts) => counts.tries);
  const latencies = all.flatMap((counts) => counts.latencies).sort(([one], [other]) => one - other);
  return {
    perSecond: rounded(
      sum((counts) => (counts.tries / counts.overMs) * 1_000),
      1,
    ),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    failedShare: tries === 0 ? 0 : rounded(sum(({ failed }) => failed) / tries, 4),
  };
}

function percentile(latencies: TrafficCounts['latencies'], share: number): number | null {
  const rank = share * latencies.reduce((total, [, count]) => total + count, 0);
  let seen = 0;
  for (const [bucket, count] of latencies) {
    seen += count;
    if (seen >= rank) return rounded(middleOf(bucket), 1);
  }
  return null;
}

/** @param digits - after the point */
export function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}
