import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadReport, TimedAnswer } from '@holdfast/fleet-client';
import { audit } from './audit.js';
import { Crowd } from './crowd.js';
import { watchElection } from './election-watch.js';
import type { Fault } from './fault.js';
import type { FleetControl } from './fleet-control.js';
import type { Verdict } from './session-book.js';
import { countFailures, p99Ms, recoveryMs, type FailureCounts } from './statistics.js';
import { startTraffic, type Kind, type Traffic } from './traffic.js';

/** What one fault did, as its clients saw it. */
export interface Trial {
  readonly fault: Fault;
  /** Sign-ins that were acknowledged. */
  readonly sessions: number;
  /** Logouts that were acknowledged. */
  readonly logouts: number;
  readonly requests: number;
  readonly failures: FailureCounts;
  /** Kinds that the fault must spare and did not, with their failures. */
  readonly notSpared: Readonly<Partial<Record<Kind, number>>>;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** How many of the lost ones were begun after the fault. */
  readonly lostSince: number;
  /** One line for each session that was not kept. */
  readonly stories: readonly string[];
  /** The worse of signed-in reads and cart adds. */
  readonly longestGapMs: number;
  readonly p99Ms: number;
  /** `undefined`: it has not recovered. */
  readonly recoveryMs: number | undefined;
  readonly timeline: Timeline;
}

/** Every answer of a trial and what happened meanwhile, in milliseconds since the fault struck. */
export interface Timeline {
  readonly answers: readonly TimedAnswer[];
  /** When answers came for which the gateway had asked another instance as well. */
  readonly retriedAtMs: readonly number[];
  readonly electedAtMs: number | undefined;
  readonly firstWriteAtMs: number | undefined;
}

const BEFORE_MS = 3_000;
const AT_LEAST_AFTER_MS = 6_000;
// An election that found nobody is held again after 20 s at the latest, and what is restarted takes its time.
const CALM_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const SIZE = { accounts: 8, sessions: 60 };

/**
 * Lets a crowd loose on the platform, has the fault strike, goes on for `underLoadMs` in all, 6 s after the fault is over and
 * until everything works again (60 s at most), and asks for every session afterwards.
 */
export async function runTrial(fleet: FleetControl, fault: Fault, underLoadMs: number): Promise<Trial> {
  const retriedAt: number[] = [];
  const gateway = await fleet.gateway(({ headers }) => {
    if (headers.has('x-retries')) retriedAt.push(performance.now());
  });
  const crowd = await Crowd.gather(gateway, SIZE);
  const traffic = startTraffic(crowd);
  await sleep(BEFORE_MS);
  const before = await fleet.dataRoles().catch(async (error: unknown) => {
    await traffic.stop();
    throw error;
  });
  const election = watchElection(fleet, before.primary.id);
  const struckAt = performance.now();
  await fault
    .strike(fleet)
    .catch(async (error: unknown) => {
      // What goes on for ever would keep the program from ending.
      await Promise.all([traffic.stop(), election.stop()]);
      throw error;
    })
    .finally(() => fleet.wake());
  const endedAt = performance.now();
  await sleep(Math.max(underLoadMs - (endedAt - struckAt), AT_LEAST_AFTER_MS));
  await untilCalm(traffic);
  const stoppedAt = performance.now();
  const reports = await traffic.stop();
  const electedAt = await election.stop();
  const answers = Object.values(reports).flatMap((report) => report.answers);
  const fromMs = fault.recoversFrom === 'strike' ? struckAt : endedAt;
  return {
    fault,
    ...figures(reports),
    notSpared: notSpared(fault, reports),
    ...(await audit(crowd.visitors, endedAt)),
    sessions: crowd.visitors.length,
    logouts: crowd.visitors.filter(({ book }) => book.isEnded).length,
    recoveryMs: recoveryMs(answers, { fromMs, untilMs: stoppedAt }),
    timeline: timelineOf(reports, { struckAt, electedAt, retriedAt }),
  };
}

async function untilCalm(traffic: Traffic): Promise<void> {
  const deadlineAt = performance.now() + CALM_WITHIN_MS;
  while (!traffic.isCalm() && performance.now() < deadlineAt) await sleep(LOOK_EVERY_MS);
}

/** What happened when, on the clock of `performance.now()`. */
interface Moments {
  readonly struckAt: number;
  readonly electedAt: number | undefined;
  readonly retriedAt: readonly number[];
}

type Reports = Readonly<Record<Kind, LoadReport>>;

function figures(reports: Reports) {
  const all = Object.values(reports);
  return {
    requests: all.reduce((sum, { sent }) => sum + sent, 0),
    failures: countFailures(all.flatMap(({ answers }) => answers)),
    longestGapMs: Math.max(reports.read.longestGapMs, reports.add.longestGapMs),
    p99Ms: p99Ms(all),
  };
}

function notSpared({ spares = [] }: Fault, reports: Reports): Partial<Record<Kind, number>> {
  const failed = spares.map((kind) => [kind, reports[kind].failures.length] as const);
  return Object.fromEntries(failed.filter(([, count]) => count > 0));
}

function timelineOf(reports: Reports, { struckAt, electedAt, retriedAt }: Moments): Timeline {
  const since = (atMs: number): number => atMs - struckAt;
  const relative = ({ dueAtMs, answeredAtMs, ...rest }: TimedAnswer): TimedAnswer => ({
    ...rest,
    dueAtMs: since(dueAtMs),
    answeredAtMs: since(answeredAtMs),
  });
  const writes = reports.add.answers.filter(({ reason }) => reason === undefined);
  const first = writes.find(({ answeredAtMs }) => electedAt !== undefined && answeredAtMs >= electedAt);
  return {
    answers: Object.values(reports).flatMap(({ answers }) => answers.map(relative)),
    retriedAtMs: retriedAt.map(since),
    electedAtMs: electedAt === undefined ? undefined : since(electedAt),
    firstWriteAtMs: first === undefined ? undefined : since(first.answeredAtMs),
  };
}
