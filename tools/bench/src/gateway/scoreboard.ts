import { setTimeout as sleep } from 'node:timers/promises';
import type { ProxyId, RunningProxy } from './proxies.js';
import { PER_SECOND, runTrial, type Requests, type TrialResult } from './trial.js';
import type { UpstreamInstance } from './upstream-instances.js';
import type { UpstreamMood } from './upstream-process.js';

/** What an answer takes while faults strike, so that there is something under way to be lost. */
const WELL: UpstreamMood = { serviceMs: 10, isBroken: false };

/** A fault of the instances behind the proxies. */
export interface UpstreamFault {
  readonly id: string;
  readonly title: string;
  readonly requests: Requests;
  /** Brings it about; settles when all is well again. `pace`: 1, or less to be quick. */
  strike(instances: readonly UpstreamInstance[], pace: number): Promise<void>;
}

const AWAY_MS = 1_000;
const REST_MS = 600;
const HUNG_MS = 4_000;
const SLOW_MS = 5_000;
const BROKEN_MS = 4_000;

async function killEach(instances: readonly UpstreamInstance[], pace: number): Promise<void> {
  for (const instance of instances) {
    await instance.end('SIGKILL');
    await sleep(AWAY_MS * pace);
    await instance.restart(WELL);
    await sleep(REST_MS * pace);
  }
}

async function turnFor(
  [instance]: readonly UpstreamInstance[],
  mood: Partial<UpstreamMood>,
  forMs: number,
): Promise<void> {
  await instance?.become({ ...WELL, ...mood });
  await sleep(forMs);
  await instance?.become(WELL);
}

/** Every fault, in the order of the scoreboard. What leaves traces in proxies comes last. */
export const FAULTS: readonly UpstreamFault[] = [
  { id: 'kill-get', title: 'kill -9 of each, GET', requests: 'read', strike: killEach },
  { id: 'kill-post', title: 'kill -9 of each, keyed POST', requests: 'order', strike: killEach },
  {
    id: 'stop',
    title: 'SIGSTOP of one for 4 s',
    requests: 'read',
    async strike([instance], pace) {
      instance?.hang();
      await sleep(HUNG_MS * pace);
      instance?.wake();
    },
  },
  {
    id: 'slow',
    title: 'one 10 times slower for 5 s',
    requests: 'read',
    strike: (instances, pace) => turnFor(instances, { serviceMs: WELL.serviceMs * 10 }, SLOW_MS * pace),
  },
  {
    id: 'rolling',
    title: 'rolling restart',
    requests: 'both',
    async strike(instances, pace) {
      for (const instance of instances) {
        await instance.end('SIGTERM');
        await instance.restart(WELL);
        await sleep(REST_MS * pace);
      }
    },
  },
  {
    id: 'storm',
    title: 'one answers 503 at once for 4 s',
    requests: 'read',
    strike: (instances, pace) => turnFor(instances, { isBroken: true }, BROKEN_MS * pace),
  },
];

/** What came of each fault at each proxy. */
export type Scoreboard = ReadonlyMap<UpstreamFault, ReadonlyMap<ProxyId, TrialResult>>;

/** What a run of the scoreboard needs. */
export interface ScoreboardPlan {
  readonly proxies: readonly RunningProxy[];
  readonly instances: readonly UpstreamInstance[];
  readonly credential: string;
  readonly pace: number;
  readonly say: (line: string) => void;
}

const BEFORE_MS = 1_000;
const AFTER_MS = 1_500;

/** Each fault strikes for each proxy in turn: only one has clients at a time. */
export async function runScoreboard(plan: ScoreboardPlan): Promise<Scoreboard> {
  const { proxies, instances, credential, pace, say } = plan;
  for (const instance of instances) await instance.become(WELL);
  const board = new Map<UpstreamFault, Map<ProxyId, TrialResult>>();
  for (const fault of FAULTS) {
    say(`${fault.title} …`);
    const row = new Map<ProxyId, TrialResult>();
    board.set(fault, row);
    for (const proxy of proxies) {
      const times = { beforeMs: BEFORE_MS * pace, afterMs: AFTER_MS * pace, perSecond: PER_SECOND };
      const load = { requests: fault.requests, ...times };
      const result = await runTrial({ port: proxy.port, credential }, load, () =>
        fault.strike(instances, pace),
      );
      row.set(proxy.plan.id, result);
      say(`  ${proxy.plan.name}: ${JSON.stringify(result)}`);
    }
  }
  return board;
}
