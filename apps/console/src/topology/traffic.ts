import type { Traffic } from '../api/platform.js';
import { percent, rate } from '../format/number.js';
import { duration } from '../format/time.js';

/** How much goes wrong: nothing, little, or too much. */
export type TrafficTone = 'ok' | 'warn' | 'bad';

/** Traffic in figures that are short enough for a line. */
export interface TrafficFigures {
  readonly tone: TrafficTone;
  readonly rate: string;
  /** Empty where nobody answered. */
  readonly times: string;
}

/** From which share of errors on it is too much. */
const TOO_MANY = 0.05;

/** How much of it goes wrong. */
export function trafficTone({ failedShare }: Pick<Traffic, 'failedShare'> = { failedShare: 0 }): TrafficTone {
  if (failedShare === 0) return 'ok';
  return failedShare < TOO_MANY ? 'warn' : 'bad';
}

/** Requests a second, and how many of them fail: "24/s", "24/s · 4 % fail". */
export function rateFigures({ perSecond, failedShare }: Pick<Traffic, 'perSecond' | 'failedShare'>): string {
  return `${rate(perSecond)}/s${failedShare > 0 ? ` · ${percent(failedShare)} fail` : ''}`;
}

/** Traffic in figures. */
export function trafficFigures(traffic: Traffic): TrafficFigures {
  const { p50Ms, p99Ms } = traffic;
  return {
    tone: trafficTone(traffic),
    rate: rateFigures(traffic),
    times: p50Ms === null || p99Ms === null ? '' : `p50 ${duration(p50Ms)} · p99 ${duration(p99Ms)}`,
  };
}

/** Traffic in words. */
export function trafficWords({ perSecond, p50Ms, p99Ms, failedShare }: Traffic): string {
  if (perSecond === 0) return 'no requests in the last 10 seconds';
  const failing = failedShare > 0 ? `, ${percent(failedShare)} failed` : '';
  const times =
    p50Ms === null || p99Ms === null
      ? ''
      : `; half of the answers began within ${duration(p50Ms)}, 99 of 100 within ${duration(p99Ms)}`;
  return `${rate(perSecond)} requests a second${failing}${times}`;
}
