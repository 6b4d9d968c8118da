export { createRedis, type Redis, type RedisConfig, type RedisRole } from './create-redis.js';
export { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';
