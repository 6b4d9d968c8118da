import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, freemem, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measureNear } from '../near/near-bench.js';
import { whole } from '../print.js';
import { sessionCharts } from './charts.js';
import { installCompetitors } from './competitors.js';
import { CONTENDERS, GROUPS, type Contender } from './contenders.js';
import { LoadChild } from './load-child.js';
import { readSessionOptions, type SessionBenchOptions } from './options.js';
import { findCores, type Cores } from './processor.js';
import { sessionReport } from './report.js';
import type { GroupResult, SessionResults } from './results.js';
import { ACTIVE, warmUp } from './round.js';
import {
  countAtRates,
  measureLogouts,
  measurePopulation,
  measureRounds,
  type PopulationFigures,
} from './run.js';
import { setStage, strike, type Stage } from './stage.js';

const FOLDER = fileURLToPath(new URL('../../../../docs/benchmarks', import.meta.url));
/** What a session may take with what Redis needs to rewrite its file, at most. */
const BYTES_A_SESSION = 2_000;

const NEAR_HITS = 2_000_000;

/** More than this, and the figures say more about others than about us. */
const BUSY = 0.5;

type Say = (line: string) => void;

/**
 * Compares requests that are signed in with requests that are not, and with what others sign in with, in one run. Writes
 * `docs/benchmarks/session.md` and its pictures, unless it is only to be quick. Prints as it goes.
 */
export async function benchSession(say: Say, argv: readonly string[]): Promise<number> {
  const options = readSessionOptions(argv);
  if (typeof options === 'string') {
    say(options);
    return 2;
  }
  const notInstalled = await installCompetitors();
  const isOurs = ({ program }: Contender) => !program.file.includes('/competitors/');
  const contenders = notInstalled === undefined ? CONTENDERS : CONTENDERS.filter(isOurs);
  const results = await measured(contenders, options, say);
  const whole = { ...results, notes: [...results.notes, ...(notInstalled ? [notInstalled] : [])] };
  if (options.isWhole) write(whole);
  say(`\n${sessionReport(whole)}`);
  return 0;
}

async function measured(
  contenders: readonly Contender[],
  options: SessionBenchOptions,
  say: Say,
): Promise<SessionResults> {
  const [busy = 0] = loadavg();
  const cores = await findCores();
  const load = new LoadChild(cores?.ofLoad);
  const run = { ...options, busy, cores, say };
  const groups: GroupResult[] = [];
  const seen = new Set<string>();
  try {
    for (const ids of GROUPS) {
      const group = contenders.filter(({ id }) => ids.includes(id));
      groups.push(await measureGroup(group, load, { ...run, isNew: ({ id }) => !seen.has(id) }));
      for (const { id } of group) seen.add(id);
    }
  } finally {
    await load.stop();
  }
  const { nanosAHit } = await measureNear(ACTIVE, NEAR_HITS);
  const mostSizes = Math.max(...groups.map(({ populations }) => populations.length));
  return {
    nearCacheHitMicros: nanosAHit / 1_000,
    groups,
    notes: notesOf(run, options.populations.length - mostSizes),
  };
}

interface Run extends SessionBenchOptions {
  /** How many processes wanted to run before this bench did (the load average of a minute). */
  readonly busy: number;
  readonly cores: Cores | undefined;
  readonly say: Say;
}

interface GroupRun extends Run {
  /** Whether no group before had it: who is there only to be compared with is counted and filled once. */
  readonly isNew: (contender: Contender) => boolean;
}

/** Measures contenders side by side, with nobody else alive. */
async function measureGroup(
  group: readonly Contender[],
  load: LoadChild,
  run: GroupRun,
): Promise<GroupResult> {
  const stages: Stage[] = [];
  try {
    for (const contender of group) {
      run.say(`${contender.name} …`);
      stages.push(await setStage(contender, run.cores));
    }
    return await measureAll(stages, load, run);
  } finally {
    await Promise.all(stages.map(strike));
  }
}

async function measureAll(stages: readonly Stage[], load: LoadChild, run: GroupRun): Promise<GroupResult> {
  const { say, cores } = run;
  say('warming up …');
  for (const stage of stages) await warmUp(stage, load, run.warmUpMs);
  say(`${run.rounds} rounds …`);
  const measuredRounds = await measureRounds(stages, load, run);
  const news = stages.filter(({ contender }) => run.isNew(contender));
  say('counting commands …');
  const rates = await countAtRates(news, run.countMs);
  say('logouts …');
  const logouts = new Map<Contender, readonly (number | undefined)[]>();
  for (const stage of news.filter(({ contender }) => contender.endsSessions)) {
    logouts.set(stage.contender, await measureLogouts(stage, run.logouts, cores));
  }
  return {
    contenders: stages.map(({ contender }) => ({
      contender,
      rounds: measuredRounds.get(contender) ?? [],
      rates: rates.get(contender) ?? [],
      logoutsMs: logouts.get(contender) ?? [],
    })),
    populations: await measurePopulations(stages, load, run),
  };
}

async function measurePopulations(
  stages: readonly Stage[],
  load: LoadChild,
  { isNew, say, populations, populationRounds: rounds, roundMs }: GroupRun,
): Promise<readonly PopulationFigures[]> {
  const filled = stages.filter(({ contender }) => contender.isFilled && isNew(contender));
  // The open route is there whatever it is compared with.
  const compared = stages.filter(({ contender }) => contender.id === 'bare' && !isNew(contender));
  const figures = [];
  for (const size of populations) {
    if (size * filled.length * BYTES_A_SESSION > freemem()) break;
    say(`${whole(size)} sessions in each store …`);
    figures.push(await measurePopulation([...compared, ...filled], load, size, { rounds, roundMs }));
  }
  return figures;
}

function notesOf({ cores, busy }: Run, leftOut: number): readonly string[] {
  return [
    `Node ${process.version}, ${availableParallelism()} cores${cores ? '' : ', processes not kept on any'}.`,
    ...(busy > BUSY
      ? [`**The machine did other work meanwhile (load ${busy.toFixed(1)}): run it again.**`]
      : []),
    ...(leftOut > 0 ? [`There was no memory for the largest stores: ${leftOut} left out.`] : []),
  ];
}

function write(results: SessionResults): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'session.md'), sessionReport(results));
  for (const [name, svg] of Object.entries(sessionCharts(results))) writeFileSync(join(FOLDER, name), svg);
}
