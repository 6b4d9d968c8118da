import type { Instance } from '../instance.js';
import type { Candidates, Policy } from '../policy.js';
import type { Random } from '../random.js';

/**
 * Two random ones, of which the one with fewer requests in flight. Two choices avoid both the herd of "always the best"
 * and the blindness of "any". Source: Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing" (2001).
 */
export class PowerOfTwoChoices implements Policy {
  constructor(private readonly random: Random = Math.random) {}

  choose(candidates: Candidates): Instance {
    const [one, other] = twoOf(candidates, this.random);
    return other.inFlight < one.inFlight ? other : one;
  }
}

/**
 * Two random ones, of which the one where a request is expected to cost less (`Instance.cost`: peak EWMA of latency ×
 * requests in flight, and a penalty after failures). The default. Source: Finagle's `P2CPeakEwma` (Twitter, 2014); the
 * penalty for fast failures is ours.
 */
export class PeakEwmaChoices implements Policy {
  constructor(private readonly random: Random = Math.random) {}

  choose(candidates: Candidates, now: number): Instance {
    const [one, other] = twoOf(candidates, this.random);
    return other.cost(now) < one.cost(now) ? other : one;
  }
}

/** Two different ones; the same one twice where there is no other. */
function twoOf(candidates: Candidates, random: Random): readonly [Instance, Instance] {
  const count = candidates.length;
  const first = Math.floor(random() * count);
  const one = candidates[first] ?? candidates[0];
  if (count === 1) return [one, one];
  const step = 1 + Math.floor(random() * (count - 1));
  return [one, candidates[(first + step) % count] ?? candidates[0]];
}
