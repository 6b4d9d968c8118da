/**
 * Why a session ended, as clients see it in `endedBecause`. Stable: clients switch on it.
 */
export type EndReason =
  | 'idle'
  | 'expired'
  | 'logout'
  | 'revoked'
  | 'password-changed'
  | 'account-disabled'
  | 'replaced'
  | 'token-reuse';

/** The client that a session was begun from, as it is shown in the device list. */
export interface SessionClient {
  /** The address that the gateway saw, without a port. */
  readonly ip: string;
  /** The `User-Agent` header, cut to 256 characters. */
  readonly userAgent: string;
}

/** What is known of a session before the store has begun it. */
export interface NewSession {
  /** Public id: names the session, opens nothing (see `SessionIds`). */
  readonly sessionId: string;
  readonly userId: string;
  readonly roles: readonly string[];
  /** Authentication context class: 1 = password, 2 = with a second factor. */
  readonly acr: number;
  readonly client: SessionClient;
  /** The user's epoch before the credential was checked: if it was raised since, nothing is begun. */
  readonly epoch: number;
  /** Longest pause between two touches, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Longest life, in milliseconds, counted from the begin. */
  readonly absoluteTimeoutMs: number;
}

/** The identity record: rarely written, read on every signed-in request. All times are epoch milliseconds of the store's clock. */
export interface SessionRecord {
  readonly sessionId: string;
  readonly userId: string;
  readonly roles: readonly string[];
  readonly acr: number;
  readonly client: SessionClient;
  readonly idleTimeoutMs: number;
  readonly authTimeAt: number;
  readonly createdAt: number;
  /** The absolute deadline. */
  readonly expiresAt: number;
}

/** A live session and its activity. */
export interface LiveSession {
  readonly state: 'live';
  readonly record: SessionRecord;
  readonly lastSeenAt: number;
  /** When it ends if nothing touches it. Never later than `record.expiresAt`. */
  readonly idleExpiresAt: number;
}

/** What stays of an ended session (its tombstone), for as long as the tombstone lives. */
export interface EndedSession {
  readonly state: 'ended';
  readonly because: EndReason;
  readonly endedAt: number;
}

/** What the store knows of a session id. `absent`: never begun, or its tombstone is gone. */
export type SessionLookup = LiveSession | EndedSession | { readonly state: 'absent' };
