export { ApiClient, type Answer, type Call } from './api-client.js';
export { answersPing, askRedis, converse } from './ask-redis.js';
export { Browser } from './browser.js';
export {
  openLoop,
  percentile,
  type Failure,
  type Load,
  type LoadReport,
  type TimedAnswer,
} from './open-loop.js';
export { Device, expectStatus, register, UnexpectedAnswer, type Credentials, type Tokens } from './person.js';
export { processesOf, readRunFile, type FleetProcess, type ProcessRole, type RunFile } from './run-file.js';
export { elected, MASTER_NAME, roleOf, vote } from './store-view.js';
