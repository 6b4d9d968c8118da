import { setTimeout as sleep } from 'node:timers/promises';
import { openLoop, type LoadReport, type TimedAnswer } from '@holdfast/fleet-client';
import type { FleetControl } from '../fleet-control.js';
import { countFailures, LATE_MS, p99Ms, recoveryMs, type FailureCounts } from '../statistics.js';
import type { Timeline } from '../trial.js';
import type { GatewayFault } from './gateway-fault.js';
import { NO_ANSWER, Shoppers, type OrderAudit } from './shoppers.js';

/** Requests a second, each at its own steady rate whatever is answered: signed-in reads, and keyed orders. */
export const RATES = { read: 120, order: 6 } as const;
const SHOPPERS = 12;
const BEFORE_MS = 2_000;
const AFTER_MS = 3_000;
/** A connection that the victim held may get one more request before its client hears that it is gone. */
const HEARD_WITHIN_MS = 500;

/** More than this part of the requests that meet a closing connection are no coincidence. */
const RACES_AT_MOST = 0.001;

/** What one fault did, as its clients saw it. */
export interface GatewayTrial {
  readonly fault: GatewayFault;
  readonly requests: number;
  readonly failures: FailureCounts;
  /** Failures that the victim did not hold: sent later, or answered with an error. */
  readonly notHeld: number;
  /** Requests that clients sent once more, since their kept connection closed under them. */
  readonly sentAgain: number;
  readonly orders: OrderAudit;
  /** The worse of reads and orders. */
  readonly longestGapMs: number;
  readonly p99Ms: number;
  /** `undefined`: it has not recovered. */
  readonly recoveryMs: number | undefined;
  readonly timeline: Timeline;
}

/** Lets clients loose, has the fault strike, goes on for `underLoadMs` in all and 3 s after, and asks for every order. */
export async function runGatewayTrial(
  fleet: FleetControl,
  fault: GatewayFault,
  underLoadMs: number,
): Promise<GatewayTrial> {
  const retriedAt: number[] = [];
  const gateway = await fleet.gateway(({ headers }) => {
    if (headers.has('x-retries')) retriedAt.push(performance.now());
  });
  const shoppers = await Shoppers.gather(gateway, SHOPPERS, fault.mayFail === 'nothing');
  const loads = [
    openLoop(RATES.read, (index) => shoppers.read(index)),
    openLoop(RATES.order, () => shoppers.order()),
  ];
  const stop = (): Promise<LoadReport[]> => Promise.all(loads.map((load) => load.stop()));
  await sleep(BEFORE_MS);
  const struckAt = performance.now();
  await fault
    .strike(fleet)
    .catch(async (error: unknown) => {
      // What goes on for ever would keep the program from ending.
      await stop();
      throw error;
    })
    .finally(() => fleet.wake());
  await sleep(Math.max(underLoadMs - (performance.now() - struckAt), AFTER_MS));
  const untilMs = performance.now();
  const reports = await stop();
  return {
    ...figuresOf(fault, reports, { struckAt, untilMs, retriedAt }),
    sentAgain: shoppers.sentAgain,
    orders: await shoppers.audit(),
  };
}

interface Moments {
  readonly struckAt: number;
  readonly untilMs: number;
  readonly retriedAt: readonly number[];
}

function figuresOf(
  fault: GatewayFault,
  reports: readonly LoadReport[],
  { struckAt, untilMs, retriedAt }: Moments,
): Omit<GatewayTrial, 'orders' | 'sentAgain'> {
  const answers = reports.flatMap((report) => report.answers);
  const since = (atMs: number): number => atMs - struckAt;
  return {
    fault,
    requests: reports.reduce((sum, { sent }) => sum + sent, 0),
    failures: countFailures(answers),
    notHeld: answers.filter((answer) => !wasHeld(answer, struckAt)).length,
    longestGapMs: Math.max(...reports.map((report) => report.longestGapMs)),
    p99Ms: p99Ms(reports),
    recoveryMs: recoveryMs(answers, { fromMs: struckAt, untilMs }),
    timeline: {
      answers: answers.map((answer) => ({
        ...answer,
        dueAtMs: since(answer.dueAtMs),
        answeredAtMs: since(answer.answeredAtMs),
      })),
      retriedAtMs: retriedAt.map(since),
      electedAtMs: undefined,
      firstWriteAtMs: undefined,
    },
  };
}

/** A success, or a failure that only a request can be that was under way where something died. */
function wasHeld({ reason, dueAtMs }: TimedAnswer, struckAt: number): boolean {
  if (reason === undefined) return true;
  return reason.startsWith(NO_ANSWER) && dueAtMs < struckAt + HEARD_WITHIN_MS;
}

/** What a trial is judged by. */
export type JudgedTrial = Pick<
  GatewayTrial,
  'fault' | 'requests' | 'failures' | 'notHeld' | 'sentAgain' | 'orders' | 'p99Ms' | 'recoveryMs'
>;

/** Each promise that did not hold, in words; empty where all did. */
export function brokenGatewayPromises(trial: JudgedTrial): readonly string[] {
  const { fault, requests, failures, notHeld, sentAgain, orders, p99Ms: slowest } = trial;
  const failed = failures.reduce((sum, [, count]) => sum + count, 0);
  const broken: (readonly [count: number, what: string])[] = [
    fault.mayFail === 'nothing'
      ? [failed, 'requests failed that may be repeated']
      : [notHeld, 'requests failed that the victim did not hold'],
    [
      sentAgain > requests * RACES_AT_MOST ? sentAgain : 0,
      'requests had to be sent again: connections are closed under them',
    ],
    [orders.doubled, 'orders were placed twice'],
    [orders.lost, 'acknowledged orders are gone'],
  ];
  return [
    ...broken.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ...(fault.keepsPace === true && slowest > LATE_MS
      ? [`one slow instance slows others: p99 ${Math.round(slowest)} ms`]
      : []),
    ...(trial.recoveryMs === undefined ? ['requests failed up to the end: it did not recover'] : []),
  ];
}
