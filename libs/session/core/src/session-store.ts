import type {
  EndReason,
  EndedDevice,
  EndedSession,
  ListedSession,
  LiveSession,
  NewSession,
  SessionLookup,
} from './session.js';

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

/** What changes of a live session. Times are the store's. */
export interface Amendment {
  readonly roles?: readonly string[];
  /** The account's version of roles that they are of. */
  readonly authzVersion?: number;
  readonly acr?: number;
  /** The user has proved again who they are: moves `authTimeAt` and `steppedUpAt` to now. */
  readonly stepUp?: true;
  /** The hash of a new cookie; the one before it is good for `previousForMs` more, as what it was. */
  readonly cookieHash?: string;
  /** How long the cookie before is good, in milliseconds. Default 0. */
  readonly previousForMs?: number;
  /**
   * A fresh refresh secret, which becomes the next generation. It was not derived from the one before, so that a
   * repeat of the one before cannot be given it: within the window that is refused, after it a theft as always.
   */
  readonly refresh?: RotationSecret;
}

/** What an amendment decided. On `conflict`, `session` is what is there now. */
export type AmendOutcome =
  | {
      readonly outcome: 'amended';
      readonly session: LiveSession;
      /** Of the fresh refresh secret, if there is one. */
      readonly generation?: number;
    }
  | { readonly outcome: 'conflict'; readonly session: LiveSession }
  | { readonly outcome: 'ended'; readonly ended: EndedSession }
  | { readonly outcome: 'absent' };

/** What a claim of a parcel decided. */
export type ClaimOutcome =
  | {
      readonly outcome: 'claimed';
      /** The values by namespace. */
      readonly data: Readonly<Record<string, unknown>>;
      /** Claimants before this one that did not finish in time: what they wrote must not count. */
      readonly formerly: readonly string[];
    }
  /** Another claimant's lease is not over. */
  | { readonly outcome: 'busy' }
  /** No data was kept, it has been dropped, or it is too old. */
  | { readonly outcome: 'none' };

/** How a session is ended. */
export interface EndOptions {
  /** Its data becomes a parcel, kept for as long as the tombstone. Default: it goes. */
  readonly keepData?: boolean;
  /**
   * When the ledger recorded the end, epoch milliseconds. With it a session that the store does not know (any more)
   * gets a tombstone as well, while that would live. Default: what is not there stays absent.
   */
  readonly recordedAt?: number;
}

/** How all sessions of a user are ended. */
export interface EndAllOptions {
  readonly keepSessionId?: string | undefined;
  /** Sessions begun with a lower epoch end; it becomes the user's, unless that is higher. Default: the next one. */
  readonly epoch?: number | undefined;
}

/** What an end of all sessions brought about. */
export interface EndedAll {
  readonly sessionIds: readonly string[];
  /** The epoch below which everything has ended. */
  readonly epoch: number;
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
  /** A generation that the session has not reached. If its token is genuine, the store was rolled back: see `heal`. */
  | { readonly outcome: 'ahead'; readonly session: LiveSession }
  /** A wrong secret for its generation, or no such session. Nothing was changed. */
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
  /** The store's time as this process knows it, epoch milliseconds: each answer corrects it. */
  now(): number;

  /**
   * The user's epoch: 0, or what the last `endAll` or `raiseEpoch` raised it to. A sign-in reads it before it
   * checks the credential and hands it to `begin`, so that neither is outrun.
   */
  epoch(userId: string): Promise<number>;

  /**
   * Raises the user's epoch to `epoch` at least: begins in flight with a lower one are refused (`revoked`). Nothing ends.
   * Default: the next one.
   */
  raiseEpoch(userId: string, epoch?: number): Promise<void>;

  /**
   * Begins a session. A higher epoch than the store knows becomes the user's. Ids are never reused; repeating a begin with the same id answers what is there.
   * A user has at most `limit` sessions: the least recently active give way (`replaced`), and their ids are returned.
   *
   * @param firstSecret - of its refresh token; `undefined` for a session that has cookies
   */
  begin(session: NewSession, firstSecret: RotationSecret | undefined, limit: number): Promise<BeginOutcome>;

  /** Reads a session: one command, no write but that of a passed deadline. */
  read(sessionId: string): Promise<SessionLookup>;

  /**
   * Rotates a refresh secret, or says why not. `windowMs`: how long the previous secret is taken for a
   * race or a retry; time in which the store could answer nobody does not count. Counts as activity.
   */
  rotate(presented: PresentedRefresh, successor: RotationSecret, windowMs: number): Promise<RotateOutcome>;

  /**
   * Adopts a generation that the store has lost: the presented one was the current one, its successor becomes it. For a
   * genuine token only, when the ledger knows of no end. Answers as `rotate` where the session is not behind (any more).
   */
  heal(presented: PresentedRefresh, successor: RotationSecret, windowMs: number): Promise<RotateOutcome>;

  /**
   * The session that a refresh token opens at this moment: with the secret of the current generation, no other.
   * `undefined` for anything else. One command, no write but that of a passed deadline; no activity.
   */
  peekRefresh(presented: PresentedRefresh): Promise<LiveSession | undefined>;

  /** Changes a live session if its version still is `expectedVersion`. Does not count as activity. */
  amend(sessionId: string, expectedVersion: number, amendment: Amendment): Promise<AmendOutcome>;

  /** Notes activity: moves the idle deadline. `false` if the session is not live. */
  touch(sessionId: string): Promise<boolean>;

  /** Ends one session. Repeating it changes nothing: the first reason stays. `false` if it was not live. */
  end(sessionId: string, because: EndReason, options?: EndOptions): Promise<boolean>;

  /**
   * Ends the live sessions of a user that began with a lower epoch, but `keepSessionId`, and raises the user's epoch,
   * which also ends those whose begin is in flight. Repeating it with the same epoch ends nothing that began since.
   */
  endAll(userId: string, because: EndReason, options?: EndAllOptions): Promise<EndedAll>;

  /** A user's live sessions, most recently active first. */
  list(userId: string): Promise<readonly ListedSession[]>;

  /** A user's ended sessions, newest first: the last 20, for as long as their tombstones live. */
  listEnded(userId: string): Promise<readonly EndedDevice[]>;

  /**
   * Claims what a session ended with `keepData` left behind. Nobody else gets it before the lease is over; the
   * claimant may claim again, which renews the lease.
   *
   * @param claimantId - the session that is to have it
   */
  claimParcel(sessionId: string, claimantId: string, leaseMs: number): Promise<ClaimOutcome>;

  /**
   * Drops a parcel that was adopted. `false` if the last who claimed it is somebody else (or nobody): then nothing
   * is dropped. True again when repeated by who dropped it.
   */
  dropParcel(sessionId: string, claimantId: string): Promise<boolean>;

  /** A session's data in all namespaces; `undefined` if it is not live. */
  readData(sessionId: string): Promise<Readonly<Record<string, VersionedData>> | undefined>;

  /**
   * Writes one namespace if its version still is `expectedVersion`.
   *
   * @param json - the value as JSON text, at most `MAX_DATA_BYTES` of it for each copy it holds (the caller checks)
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
