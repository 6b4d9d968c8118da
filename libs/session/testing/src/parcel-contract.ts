import type { ClaimOutcome } from '@holdfast/session-core';
import { expect, it } from '@jest/globals';
import { randomUser, SLACK_MS, TOMBSTONE_MS, type StoreHarness } from './store-harness.js';

const LEASE_MS = 60_000;

/** What an ended session left behind: kept once, claimed by one at a time, dropped by who claimed it last. */
export function describeParcels(harness: StoreHarness): void {
  const parcel = async (data: Record<string, unknown> = { order: { items: ['tea ☕\n'] }, user: 'de' }) => {
    const user = randomUser();
    const { sessionId } = (await harness.begin(user)).record;
    for (const [namespace, value] of Object.entries(data)) {
      await harness.store.writeData(sessionId, namespace, 0, JSON.stringify(value));
    }
    expect(await harness.store.end(sessionId, 'replaced', { keepData: true })).toBe(true);
    return { user, sessionId, data, claim: claimOf(sessionId) };
  };
  const claimants = new Map<string, string>();
  const idOf = (claimant: string): string => {
    const id = claimants.get(claimant) ?? harness.ids.mint(claimant);
    claimants.set(claimant, id);
    return id;
  };
  const claimOf = (sessionId: string) => (by: string) =>
    harness.store.claimParcel(sessionId, idOf(by), LEASE_MS);
  const drop = (sessionId: string, by: string) => harness.store.dropParcel(sessionId, idOf(by));

  it('keeps the data of a session that another is to follow', async () => {
    const { sessionId, data, claim } = await parcel();
    expect(await harness.store.readData(sessionId)).toBeUndefined();
    expect(await claim('a')).toEqual({ outcome: 'claimed', data, formerly: [] });
  });

  it.each([
    ['there is no data', {}, { keepData: true }],
    ['nobody asked for it', { order: 1 }, undefined],
  ])('keeps nothing where %s', async (_why, data, options) => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    if ('order' in data) await harness.store.writeData(sessionId, 'order', 0, '1');
    await harness.store.end(sessionId, 'replaced', options);
    expect(await claimOf(sessionId)('a')).toEqual({ outcome: 'none' });
  });

  it('keeps what there is when the end is repeated, with or without it', async () => {
    const { sessionId, data, claim } = await parcel();
    expect(await harness.store.end(sessionId, 'logout')).toBe(false);
    expect(await harness.store.end(sessionId, 'replaced', { keepData: true })).toBe(false);
    expect(await claim('a')).toMatchObject({ data });
  });

  it('gives nobody else the parcel before the lease is over; the claimant may claim again', async () => {
    const { user, data, claim } = await parcel();
    await claim('a');
    expect(await claim('b')).toEqual({ outcome: 'busy' });
    await harness.driver.advance(user, LEASE_MS - SLACK_MS);
    expect(await claim('a')).toMatchObject({ outcome: 'claimed', data, formerly: [] });
    await harness.driver.advance(user, LEASE_MS - SLACK_MS);
    expect(await claim('b')).toEqual({ outcome: 'busy' });
    await harness.driver.advance(user, SLACK_MS);
    expect(await claim('b')).toMatchObject({ outcome: 'claimed', data, formerly: [idOf('a')] });
  });

  it('names everybody who claimed it before and did not finish', async () => {
    const { user, claim } = await parcel();
    for (const by of ['a', 'b', 'c']) {
      await claim(by);
      await harness.driver.advance(user, LEASE_MS);
    }
    expect(await formerly(claim('d'))).toEqual(['a', 'b', 'c'].map(idOf).sort());
    await harness.driver.advance(user, LEASE_MS);
    expect(await formerly(claim('b'))).toEqual(['a', 'c', 'd'].map(idOf).sort());
  });

  it('is dropped by who claimed it last and by nobody else', async () => {
    const { user, sessionId, claim } = await parcel();
    expect(await drop(sessionId, 'a')).toBe(false);
    await claim('a');
    await harness.driver.advance(user, LEASE_MS);
    await claim('b');
    expect(await drop(sessionId, 'a')).toBe(false);
    expect(await claim('b')).toMatchObject({ outcome: 'claimed' });
    expect(await drop(sessionId, 'b')).toBe(true);
    expect(await drop(sessionId, 'b')).toBe(true);
    expect(await drop(sessionId, 'a')).toBe(false);
    for (const by of ['a', 'b', 'c']) expect(await claim(by)).toEqual({ outcome: 'none' });
  });

  it('of 20 claims at once exactly one is given it', async () => {
    const { claim } = await parcel();
    const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => claim(`claimant-${i}`)));
    expect(claims.filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1);
    expect(claims.filter(({ outcome }) => outcome === 'busy')).toHaveLength(19);
  });

  it('is forgotten with the tombstone', async () => {
    const { user, claim } = await parcel();
    await harness.driver.advance(user, TOMBSTONE_MS - SLACK_MS);
    expect(await claim('a')).toMatchObject({ outcome: 'claimed' });
    await harness.driver.advance(user, SLACK_MS);
    expect(await claim('a')).toEqual({ outcome: 'none' });
  });

  it('G9: brings nothing back: who left the parcel stays ended', async () => {
    const { sessionId, claim } = await parcel();
    await claim('a');
    await drop(sessionId, 'a');
    expect(await harness.store.read(sessionId)).toMatchObject({ state: 'ended', because: 'replaced' });
    expect(await harness.store.readData(sessionId)).toBeUndefined();
  });
}

async function formerly(claim: Promise<ClaimOutcome>): Promise<readonly string[]> {
  const claimed = await claim;
  return claimed.outcome === 'claimed' ? [...claimed.formerly].sort() : [];
}
