import type { Instance } from './instance.js';

/** At least one instance to choose from. */
export type Candidates = readonly [Instance, ...Instance[]];

/** What a request sticks to, such as the id of its session; `undefined` for nothing. Asked only by a policy that sticks. */
export type Affinity = () => string | undefined;

/** Chooses an instance. It sees only instances that may be chosen. `now`: milliseconds of the pool's clock. */
export interface Policy {
  choose(candidates: Candidates, now: number, affinity?: Affinity): Instance;
}
