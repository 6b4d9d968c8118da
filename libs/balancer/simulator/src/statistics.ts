import type { Served } from './scenario.js';

/** The share of requests that were answered well within the deadline, from 0 to 1; 1 if there were none. */
export function successShare(served: readonly Served[]): number {
  return served.length === 0 ? 1 : served.filter(({ outcome }) => outcome === 'fine').length / served.length;
}

/** The share of requests that went to one server, from 0 to 1; 0 if there were none. */
export function shareOf(id: string, served: readonly Served[]): number {
  return served.length === 0 ? 0 : served.filter(({ by }) => by === id).length / served.length;
}

/** The latency, in milliseconds, that this part (0 to 1) of the requests did not exceed; 0 if there were none. */
export function percentileMs(part: number, served: readonly Served[]): number {
  const sorted = served.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

/** The requests that came from `fromMs` on and before `untilMs`. */
export function between(fromMs: number, untilMs: number, served: readonly Served[]): readonly Served[] {
  return served.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs);
}
