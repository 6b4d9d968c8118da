import type { Instance } from '../instance.js';
import type { Candidates, Policy } from '../policy.js';

/** One after another, whatever they cost. Source: the scheduler of time-sharing systems, and nginx's default. */
export class RoundRobin implements Policy {
  #turn = 0;

  choose(candidates: Candidates): Instance {
    this.#turn = (this.#turn + 1) % candidates.length;
    return candidates[this.#turn] ?? candidates[0];
  }
}
