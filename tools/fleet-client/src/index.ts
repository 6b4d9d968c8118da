export { ApiClient, type Answer, type Call } from './api-client.js';
export { Browser } from './browser.js';
export { openLoop, percentile, type Failure, type Load, type LoadReport } from './open-loop.js';
export { Device, expectStatus, register, UnexpectedAnswer, type Credentials, type Tokens } from './person.js';
export { processesOf, readRunFile, type FleetProcess, type ProcessRole, type RunFile } from './run-file.js';
