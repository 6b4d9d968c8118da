import type { EndReason } from './session.js';

/** What is to end, or to count from now on. */
export type Revocation = SessionRevocation | UserRevocation | RolesRevocation;

/** One session is over. */
export interface SessionRevocation {
  readonly kind: 'session';
  readonly sessionId: string;
  readonly because: EndReason;
  /** Its data becomes a parcel for the session that follows it (see `EndOptions`). */
  readonly keepData?: boolean;
}

/** All sessions of a user are over but `keepSessionId`. */
export interface UserRevocation {
  readonly kind: 'user';
  readonly userId: string;
  readonly because: EndReason;
  readonly keepSessionId?: string;
  /** The least epoch that it is to have: one that the store has given it already. Default: the ledger chooses. */
  readonly epoch?: number;
}

/** A user has other roles: those that the ledger finds when it is asked for the entry. */
export interface RolesRevocation {
  readonly kind: 'roles';
  readonly userId: string;
}

/** What each entry of the ledger has. */
interface Entered {
  /** Place in the ledger: grows with each entry, in the order in which they can be read. */
  readonly sequence: number;
  /** Id of the event, the same wherever it is told of. */
  readonly eventId: string;
  /** Epoch milliseconds of the ledger's clock. */
  readonly recordedAt: number;
}

/** A revocation as the ledger has it: may be carried out again and again, in any order. */
export type LedgerEntry =
  | (Entered & SessionRevocation)
  | (Entered & UserRevocation & { readonly epoch: number })
  | (Entered &
      RolesRevocation & {
        /** Begins in flight with an epoch below it are refused: they have the roles of before. */
        readonly epoch: number;
        /** Grows with each change; of two changes the higher one counts. */
        readonly authzVersion: number;
        readonly roles: readonly string[];
      });

/** What of a session the ledger is asked about. */
export interface LedgerSubject {
  readonly sessionId: string;
  readonly userId: string;
  /** The user's epoch when the session began. */
  readonly epoch: number;
}

/**
 * The truth about revocations: what it has recorded holds, whatever becomes of the session store. Every revocation
 * goes through it first; the store follows, and catches up after a failure (see `entriesAbove`).
 *
 * A rejection means that it cannot answer: always a `LedgerUnavailableError`, within a second or so.
 */
export interface RevocationLedger {
  /**
   * Records a revocation; durable when it answers. A session that was recorded before is not recorded again: the entry
   * of the first time is answered.
   */
  record(revocation: Revocation): Promise<LedgerEntry>;

  /** Goes on trying to record what it could not, for as long as this process lives. Bounded; never throws. */
  recordLater(revocation: Revocation): void;

  /** Entries above a sequence, in their order; none is ever added below one that was read. At most `limit`. */
  entriesAbove(sequence: number, limit: number): Promise<readonly LedgerEntry[]>;

  /** The highest sequence; 0 without entries. */
  lastSequence(): Promise<number>;

  /** The user's epoch: 0, or the highest that a revocation of this user has. */
  epochOf(userId: string): Promise<number>;

  /** A term for the store's journal: higher than any before, and than `above`. */
  nextTerm(above: number): Promise<number>;

  /** Whether it knows that the session is over. */
  hasEnded(session: LedgerSubject): Promise<boolean>;
}
