export { findChromium } from './chromium-program.js';
export { LauncherError } from './errors.js';
export { freePort } from './free-port.js';
export { startPostgres } from './postgres-server.js';
export { startRedis } from './redis-server.js';
export { runCall } from './run-call.js';
export type { FleetProcess, ProcessRole, RunFile } from '@holdfast/fleet-client';
export { startFleet, type FleetOptions, type TestFleet } from './start-fleet.js';
export type { TestServer } from './test-server.js';
