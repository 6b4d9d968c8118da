import { expect, it } from '@jest/globals';
import type { LedgerHarness } from './ledger-harness.js';
import { randomUser } from './store-harness.js';

/** Epochs, which end what began before them, and versions of roles: of two the higher one counts. */
export function describeEpochs(harness: LedgerHarness): void {
  it('knows no epoch of somebody whose sessions were never ended together', async () => {
    const userId = randomUser();
    await harness.end();
    expect(await harness.ledger.epochOf(userId)).toBe(0);
  });

  it('gives an epoch of this moment, and above all that the user has had', async () => {
    const userId = randomUser();
    const first = await harness.endAll(userId);
    expect(Math.abs(first - Date.now())).toBeLessThan(60_000);
    const ahead = first + 3_600_000;
    await harness.endAll(userId, { epoch: ahead });
    expect(await harness.endAll(userId)).toBe(ahead + 1);
    expect(await harness.ledger.epochOf(userId)).toBe(ahead + 1);
  });

  it('gives different epochs to those that come at the same time', async () => {
    const userId = randomUser();
    const epochs = await Promise.all(Array.from({ length: 10 }, () => harness.endAll(userId)));
    expect(new Set(epochs).size).toBe(10);
    expect(await harness.ledger.epochOf(userId)).toBe(Math.max(...epochs));
  });

  it('takes an epoch that the store has given as it is: what began since is not meant', async () => {
    const userId = randomUser();
    expect(await harness.endAll(userId, { epoch: 5 })).toBe(5);
    expect(await harness.ledger.epochOf(userId)).toBe(5);
    const later = await harness.endAll(userId);
    expect(await harness.endAll(userId, { epoch: 7 })).toBe(7);
    expect(await harness.ledger.epochOf(userId)).toBe(later);
  });

  it('raises the epoch with a change of roles', async () => {
    const userId = randomUser();
    const before = await harness.endAll(userId);
    const changed = await harness.ledger.record({ kind: 'roles', userId });
    expect(await harness.ledger.epochOf(userId)).toBeGreaterThan(before);
    expect(changed).toMatchObject({ epoch: await harness.ledger.epochOf(userId) });
  });

  it('tells of roles as they are whenever it is asked', async () => {
    const userId = randomUser();
    const from = await harness.ledger.lastSequence();
    const [first, second] = [
      { roles: ['user', 'support'], authzVersion: 1 },
      { roles: ['user'], authzVersion: 2 },
    ];
    await harness.driver.giveRoles(userId, first);
    expect(await harness.ledger.record({ kind: 'roles', userId })).toMatchObject(first);
    await harness.driver.giveRoles(userId, second);
    await harness.ledger.record({ kind: 'roles', userId });
    expect(await harness.above(from)).toMatchObject([second, second]);
  });
}
