export { Nudges } from './nudges.js';
export { RedisRegistry, type RegistryRedis } from './redis-registry.js';
