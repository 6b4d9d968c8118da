export { brokenPromises } from './broken-promises.js';
export type { Fault } from './fault.js';
export { primaryHung, primaryKilled } from './faults.js';
export { FleetControl } from './fleet-control.js';
export { runTrial, type Trial } from './trial.js';
