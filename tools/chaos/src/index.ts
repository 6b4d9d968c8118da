export { brokenPromises } from './broken-promises.js';
export type { Fault } from './fault.js';
export { primaryHung, primaryKilled } from './faults.js';
export { FleetControl } from './fleet-control.js';
export { REQUESTS_PER_SECOND } from './traffic.js';
export { runTrial, type Trial } from './trial.js';
