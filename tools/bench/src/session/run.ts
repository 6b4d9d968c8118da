import { countCommands, type CommandCount } from './commands.js';
import { signIn } from './population.js';
import type { Contender } from './contenders.js';
import type { LoadChild } from './load-child.js';
import { carryOut } from './load.js';
import { logoutToRefusal } from './logout.js';
import type { SessionBenchOptions } from './options.js';
import type { Cores } from './processor.js';
import { measureRound, type Round } from './round.js';
import { startServer } from './server.js';
import { realSessions, type Stage } from './stage.js';

/** Requests a second at which commands are counted. */
export const RATES = [100, 1_000] as const;
/** Few requests are counted for longer: what is near is read again every 30 seconds, and beats are few. */
const FACTOR = { 100: 5, 1_000: 1 } as const;
/** Sessions in use while commands are counted: of what is near each is read again every 30 seconds. */
export const COUNTED = 40;

/** Rounds of all contenders, one after the other and again from the first: what slows the machine slows all. */
export async function measureRounds(
  stages: readonly Stage[],
  load: LoadChild,
  { rounds, roundMs }: Pick<SessionBenchOptions, 'rounds' | 'roundMs'>,
): Promise<ReadonlyMap<Contender, readonly Round[]>> {
  const found = new Map<Contender, Round[]>(stages.map(({ contender }) => [contender, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const stage of stages) found.get(stage.contender)?.push(await measureRound(stage, load, roundMs));
  }
  return found;
}

/** Commands for each request at a rate. */
export interface CommandsAtRate extends CommandCount {
  readonly perSecond: number;
}

/** What all servers together keep up with on one core. */
const TOGETHER_PER_SECOND = 3_000;

/** Counts commands at low rates, several contenders at once: each has a Redis of its own, and counts do not hang on haste. */
export async function countAtRates(
  stages: readonly Stage[],
  durationMs: number,
): Promise<ReadonlyMap<Contender, readonly CommandsAtRate[]>> {
  const found = new Map<Contender, CommandsAtRate[]>(stages.map(({ contender }) => [contender, []]));
  for (const perSecond of RATES) {
    const atOnce = TOGETHER_PER_SECOND / perSecond;
    for (let from = 0; from < stages.length; from += atOnce) {
      const count = async (stage: Stage) =>
        found.get(stage.contender)?.push(await countAtRate(stage, perSecond, durationMs * FACTOR[perSecond]));
      await Promise.all(stages.slice(from, from + atOnce).map(count));
    }
  }
  return found;
}

async function countAtRate(
  { contender, server, signedIn, redis }: Stage,
  perSecond: number,
  durationMs: number,
): Promise<CommandsAtRate> {
  const stop = await countCommands(redis.url);
  const credentials = signedIn.credentials.slice(0, COUNTED);
  const order = { port: server.port, path: contender.path, credentials, order: 'random' } as const;
  const { requests } = await carryOut({ ...order, durationMs, perSecond });
  const { sent, executed } = stop();
  return { perSecond, sent: sent / requests, executed: executed / requests };
}

/** What was measured with so many sessions in the store. */
export interface PopulationFigures {
  readonly size: number;
  readonly bytesEach: ReadonlyMap<Contender, number>;
  readonly inUse: ReadonlyMap<Contender, readonly Round[]>;
  /** With credentials that the server has not seen; only of those whose credentials are renewed. */
  readonly neverSeen: ReadonlyMap<Contender, readonly Round[]>;
}

/** Fills all stores up to so many sessions and measures rounds again. */
export async function measurePopulation(
  stages: readonly Stage[],
  load: LoadChild,
  size: number,
  options: Pick<SessionBenchOptions, 'rounds' | 'roundMs'>,
): Promise<PopulationFigures> {
  const bytesEach = new Map<Contender, number>();
  const grow = async ({ contender, population }: Stage): Promise<void> => {
    if (contender.sessions === 'none') return;
    await population.grow(realSessions(contender), size);
    bytesEach.set(contender, await population.bytesEach(size));
  };
  await Promise.all(stages.map(grow));
  const inUse = await measureRounds(stages, load, options);
  const neverSeen = new Map<Contender, Round[]>();
  for (let round = 0; round < options.rounds; round += 1) {
    for (const stage of stages.filter(({ contender }) => contender.sessions === 'holdfast')) {
      const measured = await measureRound(stage, load, options.roundMs, 'never seen');
      neverSeen.set(stage.contender, [...(neverSeen.get(stage.contender) ?? []), measured]);
    }
  }
  return { size, bytesEach, inUse, neverSeen };
}

/** Milliseconds from a logout at one instance to the refusal at another; `undefined` where it was not refused within 2 s. */
export async function measureLogouts(
  { contender, server, redis }: Stage,
  count: number,
  cores: Cores | undefined,
): Promise<readonly (number | undefined)[]> {
  const other = await startServer(contender, redis.url, cores?.ofServer);
  try {
    const { credentials } = await signIn(contender, { redisUrl: redis.url, port: server.port }, count);
    const tookMs: (number | undefined)[] = [];
    for (const credential of credentials) {
      tookMs.push(await logoutToRefusal(credential, { logoutAt: server.port, askAt: other.port }));
    }
    return tookMs;
  } finally {
    await other.stop();
  }
}
