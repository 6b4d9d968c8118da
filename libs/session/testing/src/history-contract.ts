import { expect, it } from '@jest/globals';
import { randomUser, secret, SLACK_MS, TOMBSTONE_MS, type StoreHarness } from './store-harness.js';

/** What is known of ended sessions, and the epoch that refuses begins in flight. */
export function describeHistory(harness: StoreHarness): void {
  it('G15: lists ended sessions with their device and why they ended, newest first', async () => {
    const user = randomUser();
    const [a, b, c] = [await harness.begin(user), await harness.begin(user), await harness.begin(user)];
    await harness.store.end(b.record.sessionId, 'logout');
    await harness.driver.advance(user, 1_000);
    await harness.store.endAll(user, 'password-changed', { keepSessionId: c.record.sessionId });
    const ended = await harness.store.listEnded(user);
    const { client } = a.record;
    expect(ended).toMatchObject([
      { sessionId: a.record.sessionId, client, because: 'password-changed' },
      { sessionId: b.record.sessionId, client, because: 'logout' },
    ]);
    for (const device of ended) {
      expect(Object.keys(device).sort()).toEqual(['because', 'client', 'createdAt', 'endedAt', 'sessionId']);
      expect(device.endedAt).toBeGreaterThanOrEqual(device.createdAt);
      const { because, endedAt } = device;
      expect(await harness.store.read(device.sessionId)).toEqual({ state: 'ended', because, endedAt });
    }
    expect(await harness.store.listEnded(randomUser())).toEqual([]);
  });

  it('lists the 20 that ended last', async () => {
    const user = randomUser();
    const ids: string[] = [];
    for (let i = 0; i < 25; i += 1) {
      const { sessionId } = (await harness.begin(user)).record;
      await harness.store.end(sessionId, 'logout');
      await harness.driver.advance(user, 10);
      ids.unshift(sessionId);
    }
    const listed = await harness.store.listEnded(user);
    expect(listed.map(({ sessionId }) => sessionId)).toEqual(ids.slice(0, 20));
  });

  it('forgets ended sessions with their tombstones', async () => {
    const user = randomUser();
    const first = await harness.begin(user);
    await harness.store.end(first.record.sessionId, 'logout');
    await harness.driver.advance(user, TOMBSTONE_MS - SLACK_MS);
    const second = await harness.begin(user);
    await harness.store.end(second.record.sessionId, 'revoked');
    expect(await harness.store.listEnded(user)).toHaveLength(2);
    await harness.driver.advance(user, SLACK_MS);
    expect(await harness.store.listEnded(user)).toMatchObject([{ sessionId: second.record.sessionId }]);
  });

  it('lists what gave way at the limit as replaced', async () => {
    const user = randomUser();
    const old = await harness.begin(user);
    await harness.begin(user, {}, 1);
    expect(await harness.store.listEnded(user)).toMatchObject([
      { sessionId: old.record.sessionId, because: 'replaced' },
    ]);
  });

  it('refuses begins with the epoch of before when it is raised, and ends nothing', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    const epoch = await harness.store.epoch(user);
    await harness.store.raiseEpoch(user);
    const late = await harness.store.begin(harness.draft(user, { epoch }), secret(1), 100);
    expect(late).toMatchObject({ outcome: 'ended', ended: { because: 'revoked' } });
    expect(await harness.store.list(user)).toMatchObject([{ record }]);
    expect(await harness.store.listEnded(user)).toEqual([]);
    const raised = await harness.store.epoch(user);
    expect(raised).toBeGreaterThan(epoch);
    await harness.store.raiseEpoch(user);
    expect(await harness.store.epoch(user)).toBeGreaterThan(raised);
    await harness.begin(user, { epoch: await harness.store.epoch(user) });
  });
}
