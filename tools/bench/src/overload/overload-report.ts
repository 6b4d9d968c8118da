import { markdownTable, whole } from '../print.js';
import { linesSvg } from '@holdfast/charts';
import {
  goodPerSecond,
  goodput,
  recoverySeconds,
  servedShare,
  tookMs,
  type OverloadRun,
} from './overload-results.js';

/** Where and how it was measured. */
export interface OverloadSetting {
  readonly cores: number;
  readonly busy: number;
  readonly capacity: number;
  readonly times: number;
  readonly patienceMs: number;
  readonly rounds: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const ms = (value: number): string => (Number.isNaN(value) ? 'none' : `${whole(value)}`);
/** What must hold of the gateway as it is. */
const LEAST_SHARE = 0.8;

/** The document, in Markdown. */
export function overloadReport(runs: readonly OverloadRun[], setting: OverloadSetting): string {
  const { cores, busy, capacity, times, patienceMs, rounds } = setting;
  const rows = runs.map((run) => [
    run.name,
    whole(run.peak),
    whole(goodput(run.overload)),
    percent(goodput(run.overload) / run.peak),
    ...(['high', 'normal', 'low'] as const).map((priority) => percent(servedShare(run.overload, priority))),
    ...[0.5, 0.99].map((part) => ms(tookMs(run.overload, 'good', part))),
    ms(tookMs(run.overload, 'shed', 0.5)),
    Number.isNaN(recoverySeconds(run.after)) ? 'never' : `${recoverySeconds(run.after)} s`,
  ]);
  const head = ['gateway', 'peak/s', 'goodput/s', 'of the peak', 'high', 'normal', 'low'];
  const more = ['p50 ms', 'p99 ms', 'shed after ms', 'well again'];
  return `# What overload costs

Written by \`npm run bench -- overload\`: two gateway workers before a service of two instances that can answer ${whole(capacity)} requests a second and,
like most, goes on working for clients that have left. ${whole(cores)} cores, shared with the load and whatever else ran (load ${busy.toFixed(1)}); ${rounds} rounds of each in turn, of
which the one in the middle by goodput is shown.

The load is an open loop of clients that give up after ${whole(patienceMs)} ms: 10 % orders (high), 40 % carts (normal), 50 % product lists (low). *Peak* is the most
good answers a second that any offered load got. Then ${times} times the peak is offered: *goodput* is what was answered well and in time, then by priority, with
the time of those answers from when they were due; *shed after* is how long a refusal took, and *well again* when after the overload everything is answered.

${markdownTable([[...head, ...more], ...rows])}

![Good answers a second](overload.svg)

Goal: at least ${percent(LEAST_SHARE)} of the peak under ${times} times the peak${verdict(runs)}. How it works, and what to turn: [overload](../guides/overload.md).
`;
}

function verdict(runs: readonly OverloadRun[]): string {
  const ours = runs.find(({ side }) => side === 'ours');
  if (!ours) return '';
  return goodput(ours.overload) >= LEAST_SHARE * ours.peak ? ' (met)' : ' (**missed**)';
}

/** Good answers of each second: calm, overload, calm. */
export function overloadChart(runs: readonly OverloadRun[]): string {
  const lines = runs.map(({ name, side, calm, overload, after }) => ({
    name,
    side,
    values: [calm, overload, after].flatMap(goodPerSecond),
  }));
  const seconds = Math.max(...lines.map(({ values }) => values.length));
  const steps = Array.from({ length: seconds }, (_none, at) => (at % 5 === 0 ? `${at} s` : ''));
  return linesSvg({ title: 'Good answers a second: calm, overload, calm', steps, lines, write: whole });
}
