import { DEFAULT_POLICY } from '@holdfast/balancer-core';
import { between, cutOff, percentileMs, type Served } from '@holdfast/balancer-simulator';
import { barsSvg, linesSvg, type Bars } from '@holdfast/charts';
import type { Measured } from './measure.js';

const SECOND_MS = 1_000;
const PERCENTILES = [0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

/** The pictures of the guide, by file name. */
export function pictures(all: readonly Measured[]): Readonly<Record<string, string>> {
  return {
    'balancing-one-slow.svg': latencies(all),
    'balancing-fails-fast.svg': failures(all),
    'balancing-cut-off.svg': cuts(all),
  };
}

function latencies(all: readonly Measured[]): string {
  return linesSvg({
    title: 'One slow server of eleven: latency in ms by percentile; the clients wait for 1,000 ms',
    steps: PERCENTILES.map((part) => `${Number((part * 100).toFixed(1))} %`),
    // The weights are all 1 here: the line would lie on that of round robin.
    lines: all
      .filter(({ policy }) => policy !== 'weighted')
      .map(({ policy, oneSlow }) => ({
        name: policy,
        side: sideOf(policy),
        values: PERCENTILES.map((part) => percentileMs(part, oneSlow)),
      })),
    write: (ms) => ms.toFixed(0),
  });
}

function failures(all: readonly Measured[]): string {
  return barsSvg({
    title: 'One server of eleven answers 503 at once: failed requests of a hundred',
    series: ['the policy alone', 'with ejection'],
    rows: all.map(({ policy, failsFast }) => ({
      name: policy,
      side: sideOf(policy),
      values: [failedPercent(failsFast.alone), failedPercent(failsFast.guarded)],
    })),
    write: (percent) => `${percent.toFixed(2)} %`,
  });
}

function cuts(all: readonly Measured[]): string {
  const seconds = Array.from({ length: cutOff.durationMs / SECOND_MS }, (_none, second) => second);
  const perSecond = (served: readonly Served[]) =>
    seconds.map((second) => failedPercent(between(second * SECOND_MS, (second + 1) * SECOND_MS, served)));
  return linesSvg({
    title: 'One server of four refuses connections from second 10 to 15: failed requests of a hundred',
    steps: seconds.map(String),
    lines: all
      .filter(({ policy }) => ['round-robin', 'least-request', DEFAULT_POLICY].includes(policy))
      .flatMap(({ policy, cutOff: { alone, guarded } }) => [
        { name: `${policy} alone`, side: sideOf(policy), values: perSecond(alone) },
        ...(policy === 'round-robin'
          ? [{ name: `${policy} with ejection`, side: 'ours' as const, values: perSecond(guarded) }]
          : []),
      ]),
    write: (percent) => `${percent.toFixed(0)} %`,
  });
}

function failedPercent(served: readonly Served[]): number {
  if (served.length === 0) return 0;
  return (served.filter(({ outcome }) => outcome !== 'fine').length / served.length) * 100;
}

function sideOf(policy: Measured['policy']): Bars['side'] {
  if (policy === DEFAULT_POLICY) return 'ours';
  return policy === 'round-robin' ? 'base' : 'other';
}
