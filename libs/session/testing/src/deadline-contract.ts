import { expect, it } from '@jest/globals';
import {
  ABSOLUTE_MS,
  IDLE_MS,
  presented,
  randomUser,
  secret,
  SLACK_MS,
  TOMBSTONE_MS,
  type StoreHarness,
} from './store-harness.js';

/** Idle and absolute deadlines, and how long it is known why a session ended. */
export function describeDeadlines(harness: StoreHarness): void {
  it('keeps a session alive until just before its idle deadline', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    await harness.driver.advance(user, IDLE_MS - SLACK_MS);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ state: 'live' });
  });

  it('ends a session that was idle too long, at its deadline', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    await harness.driver.advance(user, IDLE_MS + 5_000);
    const ended = await harness.store.read(record.sessionId);
    expect(ended).toMatchObject({ state: 'ended', because: 'idle' });
    if (ended.state !== 'ended') throw new Error('not ended');
    const late = (await harness.driver.now()) - ended.endedAt;
    expect(late).toBeGreaterThanOrEqual(5_000);
    expect(late).toBeLessThan(5_000 + SLACK_MS);
    expect(await harness.store.read(record.sessionId)).toEqual(ended);
  });

  it('moves the idle deadline with every touch', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    for (let i = 0; i < 3; i += 1) {
      await harness.driver.advance(user, IDLE_MS - SLACK_MS);
      expect(await harness.store.touch(record.sessionId)).toBe(true);
    }
    const read = await harness.store.read(record.sessionId);
    if (read.state !== 'live') throw new Error('not live');
    expect(read.lastSeenAt - read.record.createdAt).toBeGreaterThanOrEqual(3 * (IDLE_MS - SLACK_MS));
    expect(read.idleExpiresAt).toBe(read.lastSeenAt + IDLE_MS);
  });

  it('does not take a read for activity', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    await harness.driver.advance(user, IDLE_MS / 2);
    await harness.store.read(record.sessionId);
    await harness.store.readData(record.sessionId);
    await harness.driver.advance(user, IDLE_MS / 2);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ because: 'idle' });
  });

  it('takes a refresh for activity', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await harness.driver.advance(user, IDLE_MS / 2);
    await harness.store.rotate(presented(session, 1), secret(2), 0);
    await harness.driver.advance(user, IDLE_MS / 2);
    expect(await harness.store.read(session.record.sessionId)).toMatchObject({ state: 'live' });
  });

  it('ends a session at its absolute deadline, however active it is', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user, { absoluteTimeoutMs: IDLE_MS });
    await harness.driver.advance(user, IDLE_MS - SLACK_MS);
    expect(await harness.store.touch(record.sessionId)).toBe(true);
    await harness.driver.advance(user, SLACK_MS);
    expect(await harness.store.touch(record.sessionId)).toBe(false);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ state: 'ended', because: 'expired' });
  });

  it.each(['touch', 'end', 'rotate', 'readData', 'writeData', 'list', 'endAll'] as const)(
    'judges deadlines in %s too',
    async (method) => {
      const user = randomUser();
      const session = await harness.begin(user);
      const id = session.record.sessionId;
      await harness.driver.advance(user, IDLE_MS);
      const { store } = harness;
      const over = { outcome: 'ended', ended: { because: 'idle' } };
      if (method === 'touch') expect(await store.touch(id)).toBe(false);
      if (method === 'end') expect(await store.end(id, 'logout')).toBe(false);
      if (method === 'rotate')
        expect(await store.rotate(presented(session, 1), secret(2), 0)).toMatchObject(over);
      if (method === 'readData') expect(await store.readData(id)).toBeUndefined();
      if (method === 'writeData') expect(await store.writeData(id, 'order', 0, '1')).toMatchObject(over);
      if (method === 'list') expect(await store.list(user)).toEqual([]);
      if (method === 'endAll') expect(await store.endAll(user, 'revoked')).toEqual([]);
      expect(await store.read(id)).toMatchObject({ state: 'ended', because: 'idle' });
    },
  );

  it('says why a session ended for as long as its tombstone lives, and then forgets it', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    await harness.store.end(record.sessionId, 'revoked');
    await harness.driver.advance(user, TOMBSTONE_MS - SLACK_MS);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ because: 'revoked' });
    await harness.driver.advance(user, SLACK_MS);
    expect(await harness.store.read(record.sessionId)).toEqual({ state: 'absent' });
  });

  it('says expired to who comes back long after the absolute deadline', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user, { idleTimeoutMs: ABSOLUTE_MS });
    await harness.driver.advance(user, ABSOLUTE_MS + TOMBSTONE_MS - SLACK_MS);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ because: 'expired' });
  });
}
