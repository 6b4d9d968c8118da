export { isDatabaseUnavailable } from './availability.js';
export { migrateDatabase } from './migrate.js';
export { createPool, type PoolOptions } from './pool.js';
export { inTransaction } from './transaction.js';
