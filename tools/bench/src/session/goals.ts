import { partsOfBare, resultOf, timesOf, type SessionResults } from './results.js';

/** A goal, and what came of it. */
export interface GoalRow {
  readonly what: string;
  readonly goal: string;
  readonly result: string;
}

/** The strategy that the goals are for. */
const JUDGED = 'hybrid';
/** … as a library, as the others are measured. */
const AS_LIBRARY = 'hybrid-alone';
/** … and without Nest. */
const WITHOUT_NEST = 'hybrid-fastify';

/** The goals of a signed-in request, each with its result. */
export function goalRows(results: SessionResults): readonly GoalRow[] {
  const judged = judge(results);
  return [
    judged('of the open route of the same service', atLeast(0.8), timesOf(results, JUDGED, 'bare')?.median),
    judged(
      'of `express-session`, both in Nest',
      atLeast(8),
      timesOf(results, AS_LIBRARY, 'nest-express-session')?.median,
    ),
    judged(
      'of `express-session`, both without Nest',
      atLeast(8),
      timesOf(results, WITHOUT_NEST, 'express-session')?.median,
    ),
    judged('of `@fastify/session`', atLeast(3), timesOf(results, AS_LIBRARY, 'fastify-session')?.median),
    judged('lost from the smallest to the largest store', atMost(0.1), lossOf(partsOfBare(results, JUDGED))),
    judged('Redis commands a request at 100 a second', atMost(0.1), sentAt(results, 100)),
    judged('Redis commands a request at 1,000 a second', atMost(0.01), sentAt(results, 1_000)),
    judged('a hit in the near cache, µs', atMost(1), results.nearCacheHitMicros),
  ];
}

interface Bound {
  readonly words: string;
  readonly holds: (value: number) => boolean;
}

function atLeast(bound: number): Bound {
  return { words: `at least ${bound}`, holds: (value) => value >= bound };
}

function atMost(bound: number): Bound {
  return { words: `at most ${bound}`, holds: (value) => value <= bound };
}

function judge(results: SessionResults) {
  const isThere = resultOf(results, JUDGED) !== undefined;
  return (what: string, { words, holds }: Bound, value: number | undefined): GoalRow => {
    if (!isThere) return { what, goal: words, result: `no \`${JUDGED}\` in this run` };
    if (value === undefined || !Number.isFinite(value)) return { what, goal: words, result: 'not measured' };
    return { what, goal: words, result: `${value.toFixed(3)}, ${holds(value) ? 'met' : '**missed**'}` };
  };
}

/** The largest fall from one store to any later, fuller one, as a part of what it was; 0 where nothing falls. */
export function lossOf(parts: readonly number[]): number | undefined {
  if (parts.length < 2) return undefined;
  const falls = parts.flatMap((before, at) => parts.slice(at + 1).map((after) => 1 - after / before));
  return Math.max(0, ...falls);
}

function sentAt(results: SessionResults, perSecond: number): number | undefined {
  return resultOf(results, AS_LIBRARY)?.rates.find((rate) => rate.perSecond === perSecond)?.sent;
}
