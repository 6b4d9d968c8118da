export { createRedis, type Redis, type RedisConfig, type RedisRole } from './create-redis.js';
export { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';
export { Resealer, type ResealerOptions, type ResealProgress } from './resealer.js';
