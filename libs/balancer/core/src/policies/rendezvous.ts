import type { Instance } from '../instance.js';
import type { Affinity, Candidates, Policy } from '../policy.js';

/** Nobody gets more than this many times the average of the requests in flight. */
const LOAD_BOUND = 1.25;

/**
 * Sticky: the same key goes to the same instance, each key to another one, and when an instance leaves only its own keys
 * move. Whoever is `LOAD_BOUND` times as busy as the average is passed over, so that a hot key or a slow instance does
 * not drown it. Requests without a key go where `otherwise` says. What sticks is a hint: any instance may answer.
 * Sources: Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates" (1998); Mirrokni, Thorup and
 * Zadimoghaddam, "Consistent Hashing with Bounded Loads" (2016).
 */
export class BoundedRendezvous implements Policy {
  constructor(private readonly otherwise: Policy) {}

  choose(candidates: Candidates, now: number, affinity?: Affinity): Instance {
    const key = affinity?.();
    if (key === undefined) return this.otherwise.choose(candidates, now);
    const hashed = hash(key);
    const most = capacity(candidates);
    let best = candidates[0];
    let highest = -1;
    for (const candidate of candidates) {
      if (candidate.inFlight >= most) continue;
      const score = mix(hashed ^ hash(candidate.member.id));
      if (score <= highest) continue;
      best = candidate;
      highest = score;
    }
    return best;
  }
}

/** How many may be in flight on each with one more: over the average, so that somebody always has room. */
function capacity(candidates: Candidates): number {
  const inFlight = candidates.reduce((sum, candidate) => sum + candidate.inFlight, 0);
  return Math.ceil((LOAD_BOUND * (inFlight + 1)) / candidates.length);
}

/** 32 bits of a text (FNV-1a). No secret: who chooses keys can choose its instance, and the bound holds all the same. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}

/** Spreads 32 bits, so that neighbouring ids rank differently (the end of MurmurHash3). */
function mix(bits: number): number {
  let state = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}
