export { Network } from './network.js';
export { RedisServer } from './redis-server.js';
export { runSessionStoreContract } from './session-store-contract.js';
export type { MakeStore, StoreUnderTest } from './store-harness.js';
