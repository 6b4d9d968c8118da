import type { Acknowledgements } from './acknowledgements.js';
import type { NearSessions } from './near-sessions.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { RevocationLedger } from './revocation-ledger.js';
import type { SessionIds } from './session-ids.js';
import type { SessionSettings } from './session-settings.js';
import type { SessionStore } from './session-store.js';

/** What a `SessionManager` is made of. */
export interface SessionManagerDeps {
  readonly store: SessionStore;
  readonly ids: SessionIds;
  /** Only the authorisation server has them: who begins, steps up and refreshes sessions. */
  readonly refreshTokens?: RefreshTokens;
  /**
   * Only the authorisation server has it: who ends sessions, and tells a store that was rolled back from a thief.
   * Default: none; what the store loses is then undone.
   */
  readonly ledger?: RevocationLedger;
  /** Default: every process asks the store each time, so that what is in the store is known to all. */
  readonly acknowledgements?: Acknowledgements;
  /** Where sessions are near. Default: the store is asked each time. */
  readonly near?: Pick<NearSessions, 'confirm'>;
  readonly settings: SessionSettings;
  /** Whose namespaces it may write: the service's name. Default: nobody's. */
  readonly owner?: string;
  /** How to wait, in milliseconds. Default: a timer. */
  readonly pause?: (ms: number) => Promise<void>;
}
