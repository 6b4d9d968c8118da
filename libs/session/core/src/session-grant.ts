import type { EndedSession, LiveSession, SessionClient, SessionLookup } from './session.js';

/** A sign-in that succeeded, or a guest who has just come. */
export interface BeginSession {
  readonly userId: string;
  readonly roles: readonly string[];
  readonly client: SessionClient;
  /** Authentication context class; default 1 (password), for a guest 0. */
  readonly acr?: number;
  /** Lives for `rememberMeTimeoutMs`, and `rememberMeIdleTimeoutMs` without activity. A guest is not remembered. */
  readonly rememberMe?: boolean;
  /** Lives for `guestTimeoutMs`, and `guestIdleTimeoutMs` without activity. */
  readonly guest?: boolean;
  /** What opens the session: a refresh token, or a cookie. Default `bearer`. */
  readonly transport?: 'bearer' | 'cookie';
  /** What `epoch(userId)` answered before the credential was checked. Without it, only the begin itself is guarded. */
  readonly epoch?: number;
  /** The account's version of roles that `roles` are of. Default 0. */
  readonly authzVersion?: number;
}

/** A session and the refresh token that now is its current one. */
export interface BearerGrant {
  readonly session: LiveSession;
  readonly transport: 'bearer';
  readonly refreshToken: string;
}

/** A session and the cookie that now is its current one. */
export interface CookieGrant {
  readonly session: LiveSession;
  readonly transport: 'cookie';
  readonly cookie: string;
}

/** A session that has begun, or was stepped up, and what opens it from now on. */
export type SessionGrant = BearerGrant | CookieGrant;

/** What came of a refresh. `ended` says why, if the session is over; without it the token was never good. */
export type RefreshOutcome =
  | ({ readonly outcome: 'refreshed' } & BearerGrant)
  | {
      readonly outcome: 'refused';
      readonly ended?: EndedSession;
      /** This refresh was a theft and ended it. */ readonly theft?: true;
    };

/** What a cookie opens. A live session is shown as this very cookie sees it: the previous one is not raised. */
export type CookieLookup = SessionLookup;

/** The values of all namespaces of a session, by namespace. */
export type SessionData = Readonly<Record<string, unknown>>;
