export { Admission, type AdmissionOptions, type Entrant, type Slot } from './admission.js';
export {
  DEFAULT_ADMISSION,
  PRIORITIES,
  type AdmissionSettings,
  type Priority,
} from './admission-settings.js';
export type { CircuitSettings, CircuitState } from './circuit.js';
export { Bag, type Place } from './bag.js';
export { monotonicClock, type Clock } from './clock.js';
export {
  ConcurrencyLimit,
  DEFAULT_CONCURRENCY,
  type ConcurrencySettings,
  type LatencySample,
} from './concurrency-limit.js';
export {
  parseDiscovery,
  unannounced,
  type DiscoverySetting,
  type DiscoverySource,
  type OriginsByService,
} from './discovery.js';
export { UpstreamError, type UpstreamErrorCode } from './errors.js';
export { Instance } from './instance.js';
export {
  DEFAULT_HEALTH_SETTINGS,
  InstanceHealth,
  type CheckResult,
  type HealthSettings,
  type HealthSignal,
  type OutReason,
} from './instance-health.js';
export { InstancePool, type Candidate, type InstancePoolOptions, type Outcome } from './instance-pool.js';
export { isSameRun, mergeMembers, weightOf, type Member, type MemberState } from './member.js';
export { PeakEwma } from './peak-ewma.js';
export { LeastRequest } from './policies/least-request.js';
export { BoundedRendezvous } from './policies/rendezvous.js';
export { RoundRobin } from './policies/round-robin.js';
export { PeakEwmaChoices, PowerOfTwoChoices } from './policies/two-choices.js';
export { WeightedRoundRobin } from './policies/weighted-round-robin.js';
export type { Affinity, Candidates, Policy } from './policy.js';
export {
  checkedPolicyName,
  DEFAULT_POLICY,
  makePolicy,
  POLICY_NAMES,
  type PolicyName,
} from './policy-names.js';
export { parsePolicySetting, type PolicySetting } from './policy-setting.js';
export { seededRandom, type Random } from './random.js';
export { RetryBudget, type RetryBudgetSettings } from './retry-budget.js';
export {
  isIdempotent,
  judgeRetry,
  retryPauseMs,
  type RetryCase,
  type RetryVerdict,
  type TryFailure,
} from './retry-rule.js';
