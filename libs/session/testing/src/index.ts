export { Network } from './network.js';
export { RedisServer } from './redis-server.js';
export { TcpProxy, type Delays } from './tcp-proxy.js';
export {
  runRevocationLedgerContract,
  type LedgerUnderTest,
  type MakeLedger,
} from './revocation-ledger-contract.js';
export { runMigrationContract, type MigrationSamples } from './migration-contract.js';
export { anyData, basket, wrappedBasket } from './sample-namespaces.js';
export { runSessionStoreContract } from './session-store-contract.js';
export type { MakeStore, StoreUnderTest } from './store-harness.js';
