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
  /** Authentication context class: 0 = guest, 1 = password, 2 = more (a second factor, or a step-up). */
  readonly acr: number;
  readonly client: SessionClient;
  /** A browser's session: SHA-256 of its cookie's secret, base64url (see `SessionCookies`). */
  readonly cookieHash?: string;
  /** "Remember me" was asked for: the cookie outlives the browser. */
  readonly rememberMe?: true;
  /** The user's epoch before the credential was checked: if it was raised since, nothing is begun. */
  readonly epoch: number;
  /** The account's version of roles that `roles` are of. Default 0. */
  readonly authzVersion?: number;
  /** Longest pause between two touches, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Longest life, in milliseconds, counted from the begin. */
  readonly absoluteTimeoutMs: number;
}

/** The cookie before the last rotation: good until `untilAt`, but as what it was then. */
export interface PreviousCookie {
  readonly hash: string;
  readonly untilAt: number;
  readonly acr: number;
  readonly authTimeAt: number;
  readonly steppedUpAt?: number;
}

/** The cookies that open a session, by the SHA-256 of their secrets. */
export interface SessionCookieHashes {
  readonly hash: string;
  /** Only while it is good. */
  readonly previous?: PreviousCookie;
}

/** The identity record: rarely written, read on every signed-in request. All times are epoch milliseconds of the store's clock. */
export interface SessionRecord {
  readonly sessionId: string;
  readonly userId: string;
  readonly roles: readonly string[];
  readonly acr: number;
  readonly client: SessionClient;
  /** The user's epoch at the begin: what raises the epoch above it ends the session, unless it is the one to keep. */
  readonly epoch: number;
  /** The account's version of roles that `roles` are of: only a higher one changes them. */
  readonly authzVersion: number;
  readonly idleTimeoutMs: number;
  /** 1 at the begin, and one more with each amendment: what was derived from a record is good for its version only. */
  readonly version: number;
  /** When the user last proved who they are: at sign-in, or at the last step-up. */
  readonly authTimeAt: number;
  /** When the user last stepped up. Signing in does not count. */
  readonly steppedUpAt?: number;
  /** A browser's session has cookies and no refresh token; any other has a refresh token and no cookies. */
  readonly cookie?: SessionCookieHashes;
  readonly rememberMe?: true;
  readonly createdAt: number;
  /** The absolute deadline. */
  readonly expiresAt: number;
}

/** A live session and its activity. */
export interface LiveSession {
  readonly state: 'live';
  readonly record: SessionRecord;
  readonly lastSeenAt: number;
  /**
   * When it ends if nothing touches it; never later than `record.expiresAt`. Touches are throttled, so it is held
   * against a session only one touch interval later: never early, at most 60 seconds late.
   */
  readonly idleExpiresAt: number;
}

/** A live session, as the list of a user's sessions shows it. */
export interface ListedSession extends LiveSession {
  /** Of its refresh token: 1 at the begin, and one more with each swap and each step-up. Absent: it has cookies. */
  readonly generation?: number;
}

/** What stays of an ended session (its tombstone), for as long as the tombstone lives. */
export interface EndedSession {
  readonly state: 'ended';
  readonly because: EndReason;
  /** When it was over, which may be before anybody noticed. */
  readonly endedAt: number;
}

/** An ended session as the device list shows it. */
export interface EndedDevice {
  readonly sessionId: string;
  readonly client: SessionClient;
  readonly createdAt: number;
  readonly because: EndReason;
  readonly endedAt: number;
}

/** Sessions that were ended together, and why. */
export interface SessionsEnded {
  readonly sessionIds: readonly string[];
  readonly because: EndReason;
  /** Whose they were, where that is known. */
  readonly userId?: string;
}

/** What the store knows of a session id. `absent`: never begun, or its tombstone is gone. */
export type SessionLookup = LiveSession | EndedSession | { readonly state: 'absent' };
