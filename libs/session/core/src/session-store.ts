import type { EndReason, EndedSession, LiveSession, NewSession, SessionLookup } from './session.js';

/** The first or next secret of a rotation, as the store keeps it: only hashes and the id of the deriving key. */
export interface RotationSecret {
  /** SHA-256 of the secret, base64url. */
  readonly hash: string;
  /** Id of the key that derived the secret (or made the first one). */
  readonly keyId: string;
}

/** A refresh token as the store sees it. */
export interface PresentedRefresh {
  readonly sessionId: string;
  readonly generation: number;
  /** SHA-256 of the presented secret, base64url. */
  readonly hash: string;
}

/** What a begin decided. */
export type BeginOutcome =
  | { readonly outcome: 'begun'; readonly session: LiveSession; readonly replaced: readonly string[] }
  /** An `endAll` overtook it (nothing was begun), or this very session was begun before and has ended since. */
  | { readonly outcome: 'ended'; readonly ended: EndedSession };

/** What one atomic rotation decided. */
export type RotateOutcome =
  /** The successor given was adopted; its generation is `generation`. */
  | { readonly outcome: 'rotated'; readonly session: LiveSession; readonly generation: number }
  /** A race or a retry within the window: the current secret was derived by `keyId`; derive the same one again. */
  | {
      readonly outcome: 'repeated';
      readonly session: LiveSession;
      readonly generation: number;
      readonly keyId: string;
    }
  /** An old generation after the window: theft. The session has been ended with `token-reuse` by this call. */
  | { readonly outcome: 'reused'; readonly ended: EndedSession }
  /** The session was over before. */
  | { readonly outcome: 'ended'; readonly ended: EndedSession }
  /** A wrong secret for its generation, a generation that was never reached, or no such session. Nothing was changed. */
  | { readonly outcome: 'refused' };

/** One value of a namespace with its version (0 = never written; grows by 1 with each write). */
export interface VersionedData {
  readonly version: number;
  readonly value: unknown;
}

/** What a compare-and-set write decided. On `conflict`, `current` is what is there now. */
export type WriteOutcome =
  | { readonly outcome: 'written'; readonly version: number }
  | { readonly outcome: 'conflict'; readonly current: VersionedData }
  | { readonly outcome: 'ended'; readonly ended: EndedSession }
  | { readonly outcome: 'absent' };

/**
 * Where sessions live. Each method is one atomic step: it checks *exists and not ended* and then
 * acts, so nothing that arrives late brings an ended session back. Time is the store's own.
 *
 * Absence is not an error. A rejection means that the store cannot answer: always a
 * `StoreUnavailableError`. After an uncertain write every method may be repeated safely.
 *
 * Deadlines are judged by every method: a live session past its absolute or idle deadline is ended
 * by the first method that meets it (`expired`, `idle`), and answers as ended.
 */
export interface SessionStore {
  /**
   * The user's epoch: 0, or what the last `endAll` raised it to. A sign-in reads it before it checks
   * the credential and hands it to `begin`, so that an `endAll` in between is not outrun.
   */
  epoch(userId: string): Promise<number>;

  /**
   * Begins a session. Ids are never reused; repeating a begin with the same id answers what is there.
   * A user has at most `limit` sessions: the least recently active give way (`replaced`), and their ids are returned.
   */
  begin(session: NewSession, firstSecret: RotationSecret, limit: number): Promise<BeginOutcome>;

  /** Reads a session: one command, no write but that of a passed deadline. */
  read(sessionId: string): Promise<SessionLookup>;

  /**
   * Rotates a refresh secret, or says why not. `windowMs`: how long the previous secret is taken for a
   * race or a retry. Counts as activity.
   */
  rotate(presented: PresentedRefresh, successor: RotationSecret, windowMs: number): Promise<RotateOutcome>;

  /** Notes activity: moves the idle deadline. `false` if the session is not live. */
  touch(sessionId: string): Promise<boolean>;

  /** Ends one session. Repeating it changes nothing: the first reason stays. `false` if it was not live. */
  end(sessionId: string, because: EndReason): Promise<boolean>;

  /**
   * Ends all live sessions of a user but `keepSessionId` and raises the user's epoch, which also ends
   * those whose begin is in flight with the epoch of before. Returns the ids that this call ended.
   */
  endAll(userId: string, because: EndReason, keepSessionId?: string): Promise<readonly string[]>;

  /** A user's live sessions, most recently active first. */
  list(userId: string): Promise<readonly LiveSession[]>;

  /** A session's data in all namespaces; `undefined` if it is not live. */
  readData(sessionId: string): Promise<Readonly<Record<string, VersionedData>> | undefined>;

  /**
   * Writes one namespace if its version still is `expectedVersion`.
   *
   * @param json - the value as JSON text, at most `MAX_DATA_BYTES` of it (the caller checks)
   */
  writeData(
    sessionId: string,
    namespace: string,
    expectedVersion: number,
    json: string,
  ): Promise<WriteOutcome>;

  /** Lets go of connections; answers what was under way first. */
  close(): Promise<void>;
}
