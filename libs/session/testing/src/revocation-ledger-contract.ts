import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeEpochs } from './ledger-epoch-contract.js';
import { LedgerHarness, type MakeLedger } from './ledger-harness.js';
import { describeRecording } from './ledger-recording-contract.js';

export type { LedgerUnderTest, MakeLedger } from './ledger-harness.js';

/**
 * The contract of `RevocationLedger`, run against every ledger. Call it at the top of a spec.
 *
 * @param name - of the ledger, as the test names show it
 */
export function runRevocationLedgerContract(name: string, makeLedger: MakeLedger): void {
  describe(`${name} ledger`, () => {
    const harness = new LedgerHarness();
    beforeAll(() => harness.open(makeLedger));
    afterAll(() => harness.driver.close());
    describe('recording', () => describeRecording(harness));
    describe('epochs', () => describeEpochs(harness));
  });
}
