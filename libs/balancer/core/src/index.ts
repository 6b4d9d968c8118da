export { monotonicClock, type Clock } from './clock.js';
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
