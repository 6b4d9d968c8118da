import type { Contender } from './contenders.js';
import type { Round } from './round.js';
import { ratioOf, spreadOf, type Spread } from './statistics.js';
import type { CommandsAtRate, PopulationFigures } from './run.js';

/** What was measured of one contender. */
export interface ContenderResult {
  readonly contender: Contender;
  readonly rounds: readonly Round[];
  readonly rates: readonly CommandsAtRate[];
  /** Milliseconds until a logout was noticed elsewhere; `undefined` for one that was not. Empty without sessions. */
  readonly logoutsMs: readonly (number | undefined)[];
}

/** What was measured side by side. */
export interface GroupResult {
  readonly contenders: readonly ContenderResult[];
  readonly populations: readonly PopulationFigures[];
}

/** What a run has measured, one group after the other. */
export interface SessionResults {
  readonly groups: readonly GroupResult[];
  /** What finding a session in the near cache takes, in microseconds. Absent in a run without such a cache. */
  readonly nearCacheHitMicros?: number;
  /** About the machine and the run, in sentences. */
  readonly notes: readonly string[];
}

/** Each contender's result, of the first group that it was in. */
export function contendersOf({ groups }: SessionResults): readonly ContenderResult[] {
  const all = groups.flatMap(({ contenders }) => contenders);
  return all.filter(
    ({ contender: { id } }, at) => all.findIndex((other) => other.contender.id === id) === at,
  );
}

/** The result of the contender with that id; `undefined` if it was not in the run. */
export function resultOf(results: SessionResults, id: string): ContenderResult | undefined {
  return contendersOf(results).find(({ contender }) => contender.id === id);
}

/** Requests a second of one contender, as a multiple of another's, in the same rounds; `undefined` if they shared none. */
export function timesOf(results: SessionResults, id: string, base: string): Spread | undefined {
  const pair = pairOf(results, id, base);
  return pair && ratioOf(perSecondOf(pair.one.rounds), perSecondOf(pair.other.rounds));
}

/**
 * The same by processor time: how many requests one server's second of work carries, as a multiple of the other's. Sees
 * nothing of what waits for Redis, and less of what else the machine does.
 */
export function timesByWork(results: SessionResults, id: string, base: string): Spread | undefined {
  const pair = pairOf(results, id, base);
  const work = ({ rounds }: ContenderResult) => rounds.map(({ serverMicros }) => serverMicros);
  return pair && ratioOf(work(pair.other), work(pair.one));
}

function pairOf({ groups }: SessionResults, id: string, base: string) {
  for (const { contenders } of groups) {
    const find = (wanted: string) => contenders.find(({ contender }) => contender.id === wanted);
    const [one, other] = [find(id), find(base)];
    if (one && other) return { one, other };
  }
  return undefined;
}

/** Requests a second of each round. */
export function perSecondOf(rounds: readonly Round[]): readonly number[] {
  return rounds.map(({ perSecond }) => perSecond);
}

/** Processor time of the server for a request, in microseconds. */
export function serverMicrosOf(rounds: readonly Round[]): Spread {
  return spreadOf(rounds.map(({ serverMicros }) => serverMicros));
}

/** What was measured of a contender with fuller and fuller stores. */
export function populationsOf({ groups }: SessionResults, id: string): readonly PopulationFigures[] {
  const isIn = ({ inUse }: PopulationFigures) => [...inUse.keys()].some((contender) => contender.id === id);
  return groups.find(({ populations }) => populations.some(isIn))?.populations ?? [];
}

/** A contender's part of the open route's requests a second, for each population. */
export function partsOfBare(results: SessionResults, id: string): readonly number[] {
  return populationsOf(results, id).map(({ inUse }) => {
    const of = (wanted: string) => [...inUse].find(([contender]) => contender.id === wanted)?.[1] ?? [];
    return ratioOf(perSecondOf(of(id)), perSecondOf(of('bare'))).median;
  });
}
