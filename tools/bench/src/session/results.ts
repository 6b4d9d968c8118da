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

/** What a run has measured. */
export interface SessionResults {
  readonly contenders: readonly ContenderResult[];
  readonly populations: readonly PopulationFigures[];
  /** What finding a session in the near cache takes, in microseconds. Absent in a run without such a cache. */
  readonly nearCacheHitMicros?: number;
  /** About the machine and the run, in sentences. */
  readonly notes: readonly string[];
}

/** The result of the contender with that id; `undefined` if it was not in the run. */
export function resultOf({ contenders }: SessionResults, id: string): ContenderResult | undefined {
  return contenders.find(({ contender }) => contender.id === id);
}

/** Requests a second of one contender, as a multiple of another's, in the same rounds. */
export function timesOf(results: SessionResults, id: string, base: string): Spread | undefined {
  const [one, other] = [resultOf(results, id), resultOf(results, base)];
  if (!one || !other) return undefined;
  return ratioOf(perSecondOf(one.rounds), perSecondOf(other.rounds));
}

/**
 * The same by processor time: how many requests one server's second of work carries, as a multiple of the other's. Sees
 * nothing of what waits for Redis, and less of what else the machine does.
 */
export function timesByWork(results: SessionResults, id: string, base: string): Spread | undefined {
  const [one, other] = [resultOf(results, id), resultOf(results, base)];
  if (!one || !other) return undefined;
  const work = ({ rounds }: ContenderResult) => rounds.map(({ serverMicros }) => serverMicros);
  return ratioOf(work(other), work(one));
}

/** Requests a second of each round. */
export function perSecondOf(rounds: readonly Round[]): readonly number[] {
  return rounds.map(({ perSecond }) => perSecond);
}

/** Processor time of the server for a request, in microseconds. */
export function serverMicrosOf(rounds: readonly Round[]): Spread {
  return spreadOf(rounds.map(({ serverMicros }) => serverMicros));
}

/** A contender's part of the open route's requests a second, for each population. */
export function partsOfBare({ populations }: SessionResults, id: string): readonly number[] {
  return populations.map(({ inUse }) => {
    const of = (wanted: string) => [...inUse].find(([contender]) => contender.id === wanted)?.[1] ?? [];
    return ratioOf(perSecondOf(of(id)), perSecondOf(of('bare'))).median;
  });
}
