export { startPostgres } from './postgres-server.js';
export { startRedis } from './redis-server.js';
export type { TestServer } from './test-server.js';
