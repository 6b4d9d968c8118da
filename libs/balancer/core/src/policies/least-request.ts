import type { Instance } from '../instance.js';
import type { Candidates, Policy } from '../policy.js';
import type { Random } from '../random.js';

/**
 * The one with the fewest requests in flight; among equals a random one. Blind to why there are few: who fails fast has
 * fewest of all. Source: join the shortest queue (Winston, 1977); nginx's and HAProxy's "least connections".
 */
export class LeastRequest implements Policy {
  constructor(private readonly random: Random = Math.random) {}

  choose(candidates: Candidates): Instance {
    const fewest = Math.min(...candidates.map((candidate) => candidate.inFlight));
    const idlest = candidates.filter((candidate) => candidate.inFlight === fewest);
    return idlest[Math.floor(this.random() * idlest.length)] ?? candidates[0];
  }
}
