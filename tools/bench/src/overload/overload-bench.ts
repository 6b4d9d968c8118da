import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRedis } from '@holdfast/launcher';
import { markReconciledAt } from '../session/holdfast-sessions.js';
import { openLoop, type Asked } from './open-loop.js';
import { overloadChart, overloadReport } from './overload-report.js';
import { goodput, type OverloadRun } from './overload-results.js';
import { SERVICE_SLOTS, SERVICE_TAKES_MS, startStage } from './stage.js';

const FOLDER = fileURLToPath(new URL('../../../../docs/benchmarks', import.meta.url));
const CAPACITY = (2 * SERVICE_SLOTS * 1_000) / SERVICE_TAKES_MS;
const TIMES = 5;
const PATIENCE_MS = 1_500;
const ROUNDS = 3;
const WARM_UP_MS = 2_000;
const STEP_MS = 3_000;
/** Parts of the capacity that are offered to find the peak. */
const STEPS = [0.8, 0.9, 1, 1.1];
const CALM_MS = 5_000;
const OVERLOAD_MS = 12_000;
const AFTER_MS = 10_000;
const CALM = 0.5;

const GATEWAYS = [
  { name: 'as it is', side: 'ours', environment: {} },
  {
    name: 'without limits',
    side: 'base',
    environment: { CONCURRENCY_LIMIT: 'off', EVENT_LOOP_DELAY_LIMIT_MS: '0' },
  },
] as const;

/**
 * Offers a gateway five times what the service behind it can do, and looks at what is still answered well, with and without
 * overload protection. Writes `docs/benchmarks/overload.md` and its picture.
 */
export async function benchOverload(say: (line: string) => void): Promise<void> {
  const redis = await startRedis();
  const rounds: OverloadRun[] = [];
  try {
    await markReconciledAt(redis.url);
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const gateway of GATEWAYS) {
        const run = await measure(redis.url, gateway);
        rounds.push(run);
        const share = (100 * goodput(run.overload)) / run.peak;
        say(`round ${round}, ${run.name}: ${share.toFixed(0)} % of a peak of ${run.peak.toFixed(0)}/s`);
      }
    }
  } finally {
    await redis.stop();
  }
  const runs = GATEWAYS.flatMap(({ name }) => middle(rounds.filter((run) => run.name === name)));
  const report = overloadReport(runs, {
    cores: availableParallelism(),
    busy: loadavg()[1] ?? 0,
    capacity: CAPACITY,
    times: TIMES,
    patienceMs: PATIENCE_MS,
    rounds: ROUNDS,
  });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'overload.md'), report);
  writeFileSync(join(FOLDER, 'overload.svg'), overloadChart(runs));
  say(report);
}

async function measure(
  redisUrl: string,
  { name, side, environment }: (typeof GATEWAYS)[number],
): Promise<OverloadRun> {
  const { port, stop } = await startStage(redisUrl, environment);
  const load = (perSecond: number, forMs: number): Promise<readonly Asked[]> =>
    openLoop({ port, perSecond, forMs, patienceMs: PATIENCE_MS });
  try {
    await load(CALM * CAPACITY, WARM_UP_MS);
    let peak = 0;
    for (const step of STEPS) peak = Math.max(peak, goodput(await load(step * CAPACITY, STEP_MS)));
    const calm = await load(CALM * peak, CALM_MS);
    const overload = await load(TIMES * peak, OVERLOAD_MS);
    const after = await load(CALM * peak, AFTER_MS);
    return { name, side, peak, calm, overload, after };
  } finally {
    await stop();
  }
}

function middle(runs: readonly OverloadRun[]): readonly OverloadRun[] {
  const sorted = [...runs].sort((one, other) => goodput(one.overload) - goodput(other.overload));
  return sorted.slice(Math.floor(sorted.length / 2), Math.floor(sorted.length / 2) + 1);
}
