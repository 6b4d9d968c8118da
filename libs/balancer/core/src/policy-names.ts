import { LeastRequest } from './policies/least-request.js';
import { BoundedRendezvous } from './policies/rendezvous.js';
import { RoundRobin } from './policies/round-robin.js';
import { PeakEwmaChoices, PowerOfTwoChoices } from './policies/two-choices.js';
import { WeightedRoundRobin } from './policies/weighted-round-robin.js';
import type { Policy } from './policy.js';
import type { Random } from './random.js';

/** The names by which a policy is configured (`BALANCER_POLICY`). */
export const POLICY_NAMES = [
  'round-robin',
  'weighted',
  'least-request',
  'p2c',
  'p2c-ewma',
  'rendezvous',
] as const;

/** One of them. */
export type PolicyName = (typeof POLICY_NAMES)[number];

/** What balances where nothing else is said. */
export const DEFAULT_POLICY: PolicyName = 'p2c-ewma';

const POLICIES: Readonly<Record<PolicyName, (random: Random) => Policy>> = {
  'round-robin': () => new RoundRobin(),
  weighted: () => new WeightedRoundRobin(),
  'least-request': (random) => new LeastRequest(random),
  p2c: (random) => new PowerOfTwoChoices(random),
  'p2c-ewma': (random) => new PeakEwmaChoices(random),
  rendezvous: (random) => new BoundedRendezvous(new PeakEwmaChoices(random)),
};

/** A policy for one pool: it may remember whose turn it is. Throws a `TypeError` for a name that is none. */
export function makePolicy(name: PolicyName, random: Random = Math.random): Policy {
  return POLICIES[checkedPolicyName(name)](random);
}

/** The name, if it is one of `POLICY_NAMES`; throws a `TypeError` that names them otherwise. */
export function checkedPolicyName(name: string): PolicyName {
  const known = POLICY_NAMES.find((each) => each === name);
  if (known === undefined) {
    throw new TypeError(`"${name}" is no balancing policy; there is: ${POLICY_NAMES.join(', ')}`);
  }
  return known;
}
