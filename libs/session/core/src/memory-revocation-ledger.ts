import { randomUUID } from 'node:crypto';
import { systemClock, type Clock } from './clock.js';
import type { GivenRoles } from './amending.js';
import type { LedgerEntry, LedgerSubject, Revocation, RevocationLedger } from './revocation-ledger.js';

/** How a `MemoryRevocationLedger` is made. */
export interface MemoryRevocationLedgerOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** The roles of an account, which a `roles` entry is answered with. Default: none, version 0. */
  readonly rolesOf?: (userId: string) => GivenRoles;
}

/**
 * A ledger in the memory of this process: for one process, for teaching, and for tests of what stands above it. It
 * survives the session store, not the process.
 */
export class MemoryRevocationLedger implements RevocationLedger {
  readonly #clock: Clock;
  readonly #rolesOf: (userId: string) => GivenRoles;
  readonly #entries: LedgerEntry[] = [];
  readonly #epochs = new Map<string, number>();
  #term = 0;

  constructor({ clock = systemClock, rolesOf }: MemoryRevocationLedgerOptions = {}) {
    this.#clock = clock;
    this.#rolesOf = rolesOf ?? (() => ({ roles: [], authzVersion: 0 }));
  }

  async record(revocation: Revocation): Promise<LedgerEntry> {
    const known = revocation.kind === 'session' && this.#endOf(revocation.sessionId);
    if (known) return known;
    const entry = this.#entryOf(revocation);
    this.#entries.push(entry);
    return entry;
  }

  recordLater(revocation: Revocation): void {
    void this.record(revocation);
  }

  async entriesAbove(sequence: number, limit: number): Promise<readonly LedgerEntry[]> {
    const entries = this.#entries.slice(sequence, sequence + limit);
    return entries.map((entry) =>
      entry.kind === 'roles' ? { ...entry, ...this.#rolesOf(entry.userId) } : entry,
    );
  }

  async lastSequence(): Promise<number> {
    return this.#entries.length;
  }

  async epochOf(userId: string): Promise<number> {
    return this.#epochs.get(userId) ?? 0;
  }

  async nextTerm(above: number): Promise<number> {
    return (this.#term = Math.max(this.#term, above) + 1);
  }

  async hasEnded({ sessionId, userId, epoch }: LedgerSubject): Promise<boolean> {
    return this.#entries.some((entry) => {
      if (entry.kind === 'session') return entry.sessionId === sessionId;
      if (entry.kind === 'roles' || entry.userId !== userId) return false;
      return epoch < entry.epoch && entry.keepSessionId !== sessionId;
    });
  }

  #entryOf(revocation: Revocation): LedgerEntry {
    const entered = {
      sequence: this.#entries.length + 1,
      eventId: randomUUID(),
      recordedAt: this.#clock.now(),
    };
    if (revocation.kind === 'session') return { ...entered, ...revocation };
    const { userId } = revocation;
    const before = this.#epochs.get(userId) ?? 0;
    const wanted = revocation.kind === 'user' ? revocation.epoch : undefined;
    const epoch = wanted ?? Math.max(before + 1, entered.recordedAt);
    this.#epochs.set(userId, Math.max(before, epoch));
    if (revocation.kind === 'user') return { ...entered, ...revocation, epoch };
    return { ...entered, ...revocation, epoch, ...this.#rolesOf(userId) };
  }

  #endOf(sessionId: string): LedgerEntry | undefined {
    return this.#entries.find((entry) => entry.kind === 'session' && entry.sessionId === sessionId);
  }
}
