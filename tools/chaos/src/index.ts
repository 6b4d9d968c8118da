export { brokenPromises } from './broken-promises.js';
export type { Fault } from './fault.js';
export { primaryHung, primaryKilled } from './faults.js';
export { FleetControl } from './fleet-control.js';
export type { GatewayFault } from './gateway/gateway-fault.js';
export { rollingRestart, workerKilled } from './gateway/gateway-faults.js';
export { brokenGatewayPromises, runGatewayTrial, type GatewayTrial } from './gateway/gateway-trial.js';
export { REQUESTS_PER_SECOND } from './traffic.js';
export { runTrial, type Trial } from './trial.js';
