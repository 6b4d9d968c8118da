import { DEFAULT_POLICY } from '@holdfast/balancer-core';
import { between, LASTS_MS, percentileMs, STRIKES_AT_MS, type Served } from '@holdfast/balancer-simulator';
import { barsSvg, linesSvg, type Bars } from '@holdfast/charts';
import type { Measured } from './measure.js';

const PERCENTILES = [0.5, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999];

/** The pictures of the guide, by file name. */
export function pictures(all: readonly Measured[]): Readonly<Record<string, string>> {
  return {
    'balancing-one-slow.svg': latencies(all),
    'balancing-fails-fast.svg': failures(
      'One server of eleven answers 503 at once: failed requests of a hundred',
      all,
      ({ failsFast }) => failsFast,
    ),
    'balancing-cut-off.svg': failures(
      'One server of four refuses connections for 5 s: failed requests of a hundred meanwhile',
      all,
      ({ cutOff: { alone, guarded } }) => ({ alone: whileCut(alone), guarded: whileCut(guarded) }),
    ),
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

/** How many of a hundred requests fail, with the policy alone and with all that stands around it. */
function failures(
  title: string,
  all: readonly Measured[],
  of: (measured: Measured) => Readonly<Record<'alone' | 'guarded', readonly Served[]>>,
): string {
  return barsSvg({
    title,
    series: ['the policy alone', 'with ejection'],
    rows: all.map((measured) => ({
      name: measured.policy,
      side: sideOf(measured.policy),
      values: [failedPercent(of(measured).alone), failedPercent(of(measured).guarded)],
    })),
    write: (percent) => `${percent.toFixed(2)} %`,
  });
}

function whileCut(served: readonly Served[]): readonly Served[] {
  return between(STRIKES_AT_MS, STRIKES_AT_MS + LASTS_MS, served);
}

function failedPercent(served: readonly Served[]): number {
  if (served.length === 0) return 0;
  return (served.filter(({ outcome }) => outcome !== 'fine').length / served.length) * 100;
}

function sideOf(policy: Measured['policy']): Bars['side'] {
  if (policy === DEFAULT_POLICY) return 'ours';
  return policy === 'round-robin' ? 'base' : 'other';
}
