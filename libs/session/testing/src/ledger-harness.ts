import { randomUUID } from 'node:crypto';
import type { GivenRoles, LedgerEntry, RevocationLedger } from '@holdfast/session-core';

/** A ledger under the contract. */
export interface LedgerUnderTest {
  readonly ledger: RevocationLedger;
  /** Gives an account, which is made where there is none, other roles; nothing is recorded. */
  giveRoles(userId: string, given: GivenRoles): Promise<void>;
  /** Closes the ledger and whatever stands behind it. */
  close(): Promise<void>;
}

/** Makes a ledger that nobody else records anything in meanwhile. */
export type MakeLedger = () => Promise<LedgerUnderTest>;

/** What the contract's chapters work with. */
export class LedgerHarness {
  #driver: LedgerUnderTest | undefined;

  /** Makes the ledger. */
  async open(makeLedger: MakeLedger): Promise<void> {
    this.#driver = await makeLedger();
  }

  get driver(): LedgerUnderTest {
    if (!this.#driver) throw new Error('The ledger is not open.');
    return this.#driver;
  }

  get ledger(): RevocationLedger {
    return this.driver.ledger;
  }

  /** Records that a session is over. */
  end(sessionId = randomSession()): Promise<LedgerEntry> {
    return this.ledger.record({ kind: 'session', sessionId, because: 'logout' });
  }

  /** Records that all sessions of a user are over; answers the epoch. */
  async endAll(userId: string, options: { keepSessionId?: string; epoch?: number } = {}): Promise<number> {
    const entry = await this.ledger.record({ kind: 'user', userId, because: 'revoked', ...options });
    if (entry.kind !== 'user') throw new Error(`The ledger answered an entry of kind ${entry.kind}.`);
    return entry.epoch;
  }

  /** All that was recorded above a sequence, read in pages of `limit`. */
  async above(sequence: number, limit = 100): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (;;) {
      const page = await this.ledger.entriesAbove(entries.at(-1)?.sequence ?? sequence, limit);
      if (page.length === 0) return entries;
      entries.push(...page);
    }
  }
}

/** A session that no other test has. */
export function randomSession(): string {
  return `session-${randomUUID()}`;
}
