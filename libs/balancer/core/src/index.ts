export { Admission, type AdmissionOptions, type Entrant, type Slot } from './admission.js';
export {
  DEFAULT_ADMISSION,
  PRIORITIES,
  type AdmissionSettings,
  type Priority,
} from './admission-settings.js';
export { monotonicClock, type Clock } from './clock.js';
export {
  ConcurrencyLimit,
  DEFAULT_CONCURRENCY,
  type ConcurrencySettings,
  type LatencySample,
} from './concurrency-limit.js';
export { UpstreamError, type UpstreamErrorCode } from './errors.js';
export { Instance } from './instance.js';
export {
  DEFAULT_HEALTH_SETTINGS,
  InstanceHealth,
  type CheckResult,
  type HealthSettings,
  type HealthSignal,
} from './instance-health.js';
export { InstancePool, type InstancePoolOptions, type Outcome } from './instance-pool.js';
export { isSameRun, mergeMembers, type Member, type MemberState } from './member.js';
export { PeakEwma } from './peak-ewma.js';
export {
  LeastRequest,
  PowerOfTwoChoices,
  RoundRobin,
  type Candidates,
  type Policy,
  type Random,
} from './policy.js';
export { RetryBudget, type RetryBudgetSettings } from './retry-budget.js';
export {
  isIdempotent,
  judgeRetry,
  retryPauseMs,
  type RetryCase,
  type RetryVerdict,
  type TryFailure,
} from './retry-rule.js';
