import { POLICY_NAMES, type PolicyName } from '@holdfast/balancer-core';
import {
  between,
  cutOff,
  failsFast,
  guarded,
  LASTS_MS,
  newcomer,
  oneSlow,
  simulate,
  STRIKES_AT_MS,
  tenTimesSlower,
  type Served,
} from '@holdfast/balancer-simulator';

/** What one policy made of every scenario. */
export interface Measured {
  readonly policy: PolicyName;
  readonly oneSlow: readonly Served[];
  readonly tenTimesSlower: readonly Served[];
  readonly failsFast: { readonly alone: readonly Served[]; readonly guarded: readonly Served[] };
  /** The requests while the newcomer is cold. */
  readonly newcomer: { readonly alone: readonly Served[]; readonly slowStart: readonly Served[] };
  readonly cutOff: { readonly alone: readonly Served[]; readonly guarded: readonly Served[] };
}

const SLOW_START_MS = 5_000;

/** Plays every scenario with every policy; the same result every time. */
export function measureAll(): readonly Measured[] {
  return POLICY_NAMES.map((policy) => ({
    policy,
    oneSlow: simulate(oneSlow, policy),
    tenTimesSlower: simulate(tenTimesSlower, policy),
    failsFast: { alone: simulate(failsFast, policy), guarded: simulate(guarded(failsFast), policy) },
    newcomer: {
      alone: whileCold(simulate(newcomer, policy)),
      slowStart: whileCold(simulate({ ...newcomer, slowStartMs: SLOW_START_MS }, policy)),
    },
    cutOff: { alone: simulate(cutOff, policy), guarded: simulate(guarded(cutOff), policy) },
  }));
}

function whileCold(served: readonly Served[]): readonly Served[] {
  return between(STRIKES_AT_MS, STRIKES_AT_MS + LASTS_MS, served);
}
