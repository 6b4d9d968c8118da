export type { Reply, Scenario, Served, ServerPlan } from './scenario.js';
export {
  cutOff,
  failsFast,
  guarded,
  LASTS_MS,
  newcomer,
  ODD_ONE,
  oneSlow,
  STRIKES_AT_MS,
  tenTimesSlower,
} from './scenarios.js';
export { simulate } from './simulate.js';
export { between, percentileMs, shareOf, successShare } from './statistics.js';
