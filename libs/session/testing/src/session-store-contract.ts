import { afterAll, beforeAll, describe } from '@jest/globals';
import { describeAmending } from './amend-contract.js';
import { describeBegin } from './begin-contract.js';
import { describeData } from './data-contract.js';
import { describeDeadlines } from './deadline-contract.js';
import { describeEnding } from './ending-contract.js';
import { describeHandOver } from './handover-contract.js';
import { describeHistory } from './history-contract.js';
import { describeParcels } from './parcel-contract.js';
import { describePeeking } from './peek-contract.js';
import { describeRotation } from './rotation-contract.js';
import { StoreHarness, type MakeStore } from './store-harness.js';
import { describeVersions } from './versions-contract.js';

/**
 * The contract of `SessionStore`, run against every driver. Call it at the top of a spec.
 *
 * @param name - of the driver, as the test names show it
 */
export function runSessionStoreContract(name: string, makeStore: MakeStore): void {
  describe(`${name} session store`, () => {
    const harness = new StoreHarness();
    beforeAll(() => harness.open(makeStore));
    afterAll(() => harness.driver.close());
    describe('begin', () => describeBegin(harness));
    describe('deadlines', () => describeDeadlines(harness));
    describe('rotation', () => describeRotation(harness));
    describe('peeking', () => describePeeking(harness));
    describe('amending', () => describeAmending(harness));
    describe('ending', () => describeEnding(harness));
    describe('history', () => describeHistory(harness));
    describe('data', () => describeData(harness));
    describe('versions', () => describeVersions(harness));
    describe('parcels', () => describeParcels(harness));
    describe('hand-over', () => describeHandOver(harness));
  });
}
