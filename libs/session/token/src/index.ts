export { type DataWriter } from './carried-store.js';
export { Carrier, Carriers, type CarryingSession } from './carrier.js';
export {
  LONGEST_CREDENTIAL,
  SealedCredentials,
  type CarriedSession,
  type CredentialKind,
} from './credentials.js';
export { SessionDataTooLargeError, StrategyUnsupportedError } from './errors.js';
export { type RingSecrets } from './key-ring.js';
export { looksSealed } from './sealed-text.js';
export {
  DataOpener,
  DataSealer,
  MAX_SEALED_DATA,
  type DataChange,
  type DataKeySource,
} from './session-data.js';
export {
  TokenSessionManager,
  type AccountNow,
  type TokenIssuing,
  type TokenSessionManagerDeps,
} from './token-session-manager.js';
