export { type Acknowledged, type Acknowledgements, type RevocationReceipt } from './acknowledgements.js';
export {
  type CarriedLookup,
  type SessionLifetime,
  type TokenLookup,
  type TokenSession,
} from './carried-session.js';
export { systemClock, type Clock } from './clock.js';
export {
  LedgerUnavailableError,
  SessionDataError,
  SessionEndedError,
  SessionError,
  SessionUnknownError,
  StoreUnavailableError,
} from './errors.js';
export { MemoryRevocationLedger, type MemoryRevocationLedgerOptions } from './memory-revocation-ledger.js';
export { MemorySessionStore, type MemorySessionStoreOptions } from './memory-session-store.js';
export { NearCache, type Cached, type NearCacheOptions, type Ticket } from './near-cache.js';
export { NearSessions, type Confirmed, type NearSessionsDeps, type StoreState } from './near-sessions.js';
export {
  RefreshTokens,
  type FreshRefreshSecret,
  type IssuedRefreshToken,
  type ParsedRefreshToken,
  type RefreshKeyRing,
} from './refresh-tokens.js';
export { STALENESS_BOUND_MS, type RoutePolicy } from './route-policy.js';
export { carryOut, type CarriedOut, type Revoked } from './revoking.js';
export type {
  LedgerEntry,
  LedgerSubject,
  Revocation,
  RevocationLedger,
  RolesRevocation,
  SessionRevocation,
  UserRevocation,
} from './revocation-ledger.js';
export { type GivenRoles } from './amending.js';
export { openBytes, SEAL_BYTES, sealBytes, Sealing, type Opened, type SealingSecrets } from './sealing.js';
export { COMPACT_ID_BYTES, SESSION_ID_BYTES, SessionIds, type ParsedSessionId } from './session-ids.js';
export { decodeSecret, deriveKey, SessionKeys, type KeyPurpose } from './session-keys.js';
export { shortened } from './session-client.js';
export { SessionCookies, type IssuedCookie, type ParsedCookie } from './session-cookies.js';
export type {
  BearerGrant,
  BeginSession,
  CookieGrant,
  CookieLookup,
  RefreshOutcome,
  SessionData,
  SessionGrant,
} from './session-grant.js';
export { SessionManager } from './session-manager.js';
export { type SessionManagerDeps } from './session-manager-deps.js';
export {
  defineNamespace,
  MAX_DATA_BYTES,
  NamespaceDefinition,
  type EncodedData,
  type FirstVersion,
  type NextVersion,
} from './namespace-definition.js';
export { SessionNamespace, type SessionNamespaceDeps, type Versioned } from './session-namespace.js';
export { amendRecord, beginRecord, show, touchIntervalMs } from './session-policy.js';
export {
  checkSettings,
  DEFAULT_SESSION_SETTINGS,
  timeouts,
  type SessionSettings,
} from './session-settings.js';
export {
  DECLARATIONS,
  STRATEGIES,
  type Declaration,
  type GuaranteeId,
  type SessionStrategy,
} from './strategies.js';
export type {
  Amendment,
  AmendOutcome,
  BeginOutcome,
  ClaimOutcome,
  EndAllOptions,
  EndedAll,
  EndOptions,
  PresentedRefresh,
  RotateOutcome,
  RotationSecret,
  SessionStore,
  VersionedData,
  WriteOutcome,
} from './session-store.js';
export type {
  EndReason,
  EndedDevice,
  EndedSession,
  ListedSession,
  LiveSession,
  NewSession,
  PreviousCookie,
  SessionClient,
  SessionCookieHashes,
  SessionLookup,
  SessionRecord,
  SessionsEnded,
} from './session.js';
