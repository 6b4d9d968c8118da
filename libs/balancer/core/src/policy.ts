import type { Instance } from './instance.js';

/** At least one instance to choose from. */
export type Candidates = readonly [Instance, ...Instance[]];

/** Chooses an instance. It sees only instances that may be chosen. */
export interface Policy {
  choose(candidates: Candidates, now: number): Instance;
}

/** Numbers in [0, 1), like `Math.random`; seeded in tests. */
export type Random = () => number;

/** One after another, whatever they cost. */
export class RoundRobin implements Policy {
  #turn = 0;

  choose(candidates: Candidates): Instance {
    this.#turn = (this.#turn + 1) % candidates.length;
    return candidates[this.#turn] ?? candidates[0];
  }
}

/** The one with the fewest requests in flight; among equals a random one. */
export class LeastRequest implements Policy {
  constructor(private readonly random: Random = Math.random) {}

  choose(candidates: Candidates): Instance {
    const fewest = Math.min(...candidates.map((candidate) => candidate.inFlight));
    const idlest = candidates.filter((candidate) => candidate.inFlight === fewest);
    return idlest[Math.floor(this.random() * idlest.length)] ?? candidates[0];
  }
}

/**
 * Two random ones, of which the cheaper by peak EWMA (the default). Two choices avoid both the herd of
 * "always the best" and the blindness of "any" (Mitzenmacher, 2001).
 */
export class PowerOfTwoChoices implements Policy {
  constructor(private readonly random: Random = Math.random) {}

  choose(candidates: Candidates, now: number): Instance {
    const count = candidates.length;
    const first = Math.floor(this.random() * count);
    const one = candidates[first] ?? candidates[0];
    if (count === 1) return one;
    const step = 1 + Math.floor(this.random() * (count - 1));
    const other = candidates[(first + step) % count] ?? candidates[0];
    return other.cost(now) < one.cost(now) ? other : one;
  }
}
