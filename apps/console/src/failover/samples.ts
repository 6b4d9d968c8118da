import { percentile } from '../format/number.js';

/** One request of the traffic, and how it came out. */
export interface Sample {
  /** When its answer came, epoch milliseconds. */
  readonly at: number;
  readonly isGood: boolean;
  /** Other instances that the gateway tried first. */
  readonly retries: number;
  readonly tookMs: number;
}

/** What one second was like. */
export interface Second {
  /** Its begin, epoch milliseconds. */
  readonly at: number;
  readonly good: number;
  /** Of the good ones: those that another instance had to answer. */
  readonly retried: number;
  readonly failed: number;
  readonly p50Ms: number | undefined;
  readonly p99Ms: number | undefined;
}

const SECOND_MS = 1_000;

/** The last `count` whole seconds before `now`, oldest first. */
export function secondsOf(samples: readonly Sample[], now: number, count: number): readonly Second[] {
  const end = Math.floor(now / SECOND_MS) * SECOND_MS;
  return Array.from({ length: count }, (_, index) => {
    const at = end - (count - index) * SECOND_MS;
    return secondOf(
      at,
      samples.filter((sample) => sample.at >= at && sample.at < at + SECOND_MS),
    );
  });
}

function secondOf(at: number, samples: readonly Sample[]): Second {
  const good = samples.filter(({ isGood }) => isGood);
  const took = samples.map(({ tookMs }) => tookMs);
  return {
    at,
    good: good.length,
    retried: good.filter(({ retries }) => retries > 0).length,
    failed: samples.length - good.length,
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
  };
}

/** All of it in one line of figures. */
export function totalsOf(samples: readonly Sample[]) {
  const took = samples.map(({ tookMs }) => tookMs);
  return {
    requests: samples.length,
    failed: samples.filter(({ isGood }) => !isGood).length,
    retried: samples.filter(({ isGood, retries }) => isGood && retries > 0).length,
    p50Ms: percentile(took, 0.5),
    p99Ms: percentile(took, 0.99),
  };
}
