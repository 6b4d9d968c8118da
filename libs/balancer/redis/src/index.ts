export { RedisRegistry, type RegistryRedis } from './redis-registry.js';
