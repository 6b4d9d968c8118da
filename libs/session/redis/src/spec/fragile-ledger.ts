import { LedgerUnavailableError, MemoryRevocationLedger } from '@holdfast/session-core';

/** A ledger that can be away: not for who records, so that a test can. */
export class FragileLedger extends MemoryRevocationLedger {
  isAway = false;

  override async lastSequence(): Promise<number> {
    if (this.isAway) throw new LedgerUnavailableError();
    return super.lastSequence();
  }
}
