export { RedisServer } from './redis-server.js';
export {
  runRevocationLedgerContract,
  type LedgerUnderTest,
  type MakeLedger,
} from './revocation-ledger-contract.js';
export { runSessionStoreContract } from './session-store-contract.js';
export type { MakeStore, StoreUnderTest } from './store-harness.js';
