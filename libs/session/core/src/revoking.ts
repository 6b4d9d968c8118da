import { changeRoles } from './amending.js';
import type { EndListeners } from './end-listeners.js';
import { LedgerUnavailableError } from './errors.js';
import type {
  LedgerEntry,
  Revocation,
  RevocationLedger,
  SessionRevocation,
  UserRevocation,
} from './revocation-ledger.js';
import type { SessionLookup, SessionsEnded } from './session.js';
import type { SessionStore } from './session-store.js';

/** There was nothing to revoke. */
export const NOTHING_REVOKED: Revoked = Object.freeze({ revoked: 0, durable: true });

/** What came of a revocation. */
export interface Revoked {
  /** How many sessions it ended (or changed, where roles did): 0 when repeated. */
  readonly revoked: number;
  /** Whether the ledger has it: without, it may be undone where the store loses it. */
  readonly durable: boolean;
  /** For how long what is out may be taken all the same, in milliseconds. Default 0. */
  readonly boundMs?: number;
}

/** What a revocation brought about in the store. */
export interface CarriedOut {
  /** How many sessions it ended, or gave other roles. */
  readonly revoked: number;
  /** What there is to tell; `undefined` for roles, whose sessions live on. */
  readonly ended?: SessionsEnded;
}

/** Carries out in a store what the ledger has. Repeating it changes nothing more. */
export async function carryOut(store: SessionStore, entry: LedgerEntry): Promise<CarriedOut> {
  switch (entry.kind) {
    case 'session': {
      const { sessionId, because, keepData = false, recordedAt } = entry;
      const isEnded = await store.end(sessionId, because, { keepData, recordedAt });
      return { revoked: isEnded ? 1 : 0, ended: { sessionIds: isEnded ? [sessionId] : [], because } };
    }
    case 'user': {
      const { userId, because, keepSessionId, epoch } = entry;
      const { sessionIds } = await store.endAll(userId, because, { keepSessionId, epoch });
      return { revoked: sessionIds.length, ended: { sessionIds, because, userId } };
    }
    case 'roles': {
      const { userId, epoch, authzVersion, roles } = entry;
      return { revoked: await changeRoles(store, userId, { roles, authzVersion }, epoch) };
    }
  }
}

/** Ends sessions: first in the ledger, then in the store. With the ledger away, in the store alone. */
export class Revoker {
  constructor(
    private readonly store: SessionStore,
    private readonly ledger: RevocationLedger | undefined,
    private readonly ends: EndListeners,
  ) {}

  /** Ends one session. */
  async revoke(revocation: SessionRevocation): Promise<Revoked> {
    const { sessionId, because, keepData = false } = revocation;
    const found = await this.store.read(sessionId);
    if (isOverByItself(found)) return NOTHING_REVOKED;
    const entry = await this.#record(revocation);
    if (entry) return this.carryOut(entry);
    const isEnded = await this.store.end(sessionId, because, { keepData });
    if (isEnded) this.ends.tell({ sessionIds: [sessionId], because });
    return { revoked: isEnded ? 1 : 0, durable: false };
  }

  /** Ends all sessions of a user but one. */
  async revokeAll(revocation: UserRevocation): Promise<Revoked> {
    const { userId, because, keepSessionId } = revocation;
    const entry = await this.#recordAtOnce(revocation);
    if (entry) return this.carryOut(entry);
    const { sessionIds, epoch } = await this.store.endAll(userId, because, { keepSessionId });
    // With the epoch of now: what begins before the ledger has it is not meant.
    this.ledger?.recordLater({ ...revocation, epoch });
    this.ends.tell({ sessionIds, because, userId });
    return { revoked: sessionIds.length, durable: false };
  }

  /** Carries out what the ledger has. */
  async carryOut(entry: LedgerEntry): Promise<Revoked> {
    const { revoked, ended } = await carryOut(this.store, entry);
    if (ended) this.ends.tell(ended);
    return { revoked, durable: true };
  }

  /** Records what the store has ended by itself. After a crash before this, only the store knows of it. */
  async note(ended: SessionsEnded): Promise<void> {
    const { sessionIds, because } = ended;
    await Promise.all(sessionIds.map((sessionId) => this.#record({ kind: 'session', sessionId, because })));
    this.ends.tell(ended);
  }

  async #record(revocation: Revocation): Promise<LedgerEntry | undefined> {
    const entry = await this.#recordAtOnce(revocation);
    if (!entry) this.ledger?.recordLater(revocation);
    return entry;
  }

  async #recordAtOnce(revocation: Revocation): Promise<LedgerEntry | undefined> {
    try {
      return await this.ledger?.record(revocation);
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
      return undefined;
    }
  }
}

/** Never begun, long forgotten, or past a deadline: no matter for the ledger. */
function isOverByItself(found: SessionLookup): boolean {
  if (found.state === 'absent') return true;
  return found.state === 'ended' && (found.because === 'idle' || found.because === 'expired');
}
