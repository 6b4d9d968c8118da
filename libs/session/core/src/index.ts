export { systemClock, type Clock } from './clock.js';
export { SessionEndedError, SessionError, SessionUnknownError, StoreUnavailableError } from './errors.js';
export { MemorySessionStore, type MemorySessionStoreOptions } from './memory-session-store.js';
export {
  RefreshTokens,
  type IssuedRefreshToken,
  type ParsedRefreshToken,
  type RefreshKeyRing,
} from './refresh-tokens.js';
export { SESSION_ID_BYTES, SessionIds, type ParsedSessionId } from './session-ids.js';
export { SessionKeys, type KeyPurpose } from './session-keys.js';
export {
  SessionManager,
  type BeginSession,
  type RefreshOutcome,
  type SessionData,
  type SessionGrant,
  type SessionManagerDeps,
} from './session-manager.js';
export {
  MAX_DATA_BYTES,
  SessionNamespace,
  type SessionNamespaceDeps,
  type Versioned,
} from './session-namespace.js';
export { DEFAULT_SESSION_SETTINGS, type SessionSettings } from './session-settings.js';
export type {
  BeginOutcome,
  PresentedRefresh,
  RotateOutcome,
  RotationSecret,
  SessionStore,
  VersionedData,
  WriteOutcome,
} from './session-store.js';
export type {
  EndReason,
  EndedSession,
  LiveSession,
  NewSession,
  SessionClient,
  SessionLookup,
  SessionRecord,
} from './session.js';
