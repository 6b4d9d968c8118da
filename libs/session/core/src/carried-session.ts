import type { SessionLookup } from './session.js';

/** When a session began and when it is over, as its token says. Epoch milliseconds. */
export interface SessionLifetime {
  readonly createdAt: number;
  /** The absolute deadline. */
  readonly expiresAt: number;
  /** The user's epoch at the begin, as `SessionRecord.epoch`. */
  readonly epoch: number;
  /** "Remember me" was asked for: what a browser keeps outlives its closing. */
  readonly rememberMe: boolean;
}

/** What of a verified access token says which session it is for. */
export interface TokenSession {
  readonly sessionId: string;
  /** Only tokens of a session that nobody keeps a record of say it (strategy `token`). */
  readonly lifetime?: SessionLifetime;
}

/** A session of which the token is all there is: nobody keeps a record, and nobody can tell whether it was ended. */
export interface CarriedLookup {
  readonly state: 'carried';
  readonly lifetime: SessionLifetime;
}

/** What a verified access token opens. */
export type TokenLookup = SessionLookup | CarriedLookup;
