export { checkHistory } from './checker/check-history.js';
export type { History, Operation } from './checker/operation.js';
export type { Violation } from './checker/violation.js';
export { soak, type SoakPlan, type SoakResult } from './soak.js';
export { describe, summaryOf } from './summary.js';
