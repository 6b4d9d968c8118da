import { expect, it } from '@jest/globals';
import { touchIntervalMs } from '@holdfast/session-core';
import {
  ABSOLUTE_MS,
  IDLE_MS,
  presented,
  randomUser,
  secret,
  SLACK_MS,
  TOMBSTONE_MS,
  TOUCH_MS,
  type StoreHarness,
} from './store-harness.js';

/** From where on a deadline is approached by the millisecond. */
const CLOSE_MS = 20;

/** Idle and absolute deadlines, and how long it is known why a session ended. */
export function describeDeadlines(harness: StoreHarness): void {
  it('G14: is never early: whoever was active a touch interval ago and was not noted is live', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    await harness.driver.advance(user, IDLE_MS + TOUCH_MS - SLACK_MS);
    const { lastSeenAt, idleExpiresAt } = await harness.live(record.sessionId);
    expect(idleExpiresAt).toBe(lastSeenAt + IDLE_MS);
    expect(idleExpiresAt).toBeLessThan(await harness.driver.now());
    expect(await harness.store.touch(record.sessionId)).toBe(true);
    await harness.driver.advance(user, IDLE_MS + TOUCH_MS - SLACK_MS);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ state: 'live' });
  });

  it.each([IDLE_MS, 240_000, 100_000])(
    'G14: ends a session idle for %d ms at most 60 seconds late, and says when it was over',
    async (idleTimeoutMs) => {
      const user = randomUser();
      const { sessionId } = (await harness.begin(user, { idleTimeoutMs })).record;
      const late = touchIntervalMs(idleTimeoutMs);
      expect(late).toBeLessThanOrEqual(60_000);
      await harness.driver.advance(user, idleTimeoutMs + late - SLACK_MS);
      const { lastSeenAt } = await harness.live(sessionId);
      await harness.driver.advance(user, SLACK_MS);
      const ended = await harness.store.read(sessionId);
      if (ended.state !== 'ended') throw new Error('not ended');
      expect(ended.because).toBe('idle');
      const overAt = lastSeenAt + idleTimeoutMs + late;
      expect(movedBy(SLACK_MS, overAt)).toContain(ended.endedAt);
      expect(await harness.store.read(sessionId)).toEqual(ended);
    },
  );

  it('G14: holds the absolute deadline to the millisecond of its own clock', async () => {
    const user = randomUser();
    const { sessionId } = (await harness.begin(user, { absoluteTimeoutMs: 60_000 })).record;
    await harness.driver.advance(user, 60_000 - SLACK_MS);
    for (let { expiresAt } = (await harness.live(sessionId)).record; ;) {
      // Nearly there in one step, then by the millisecond: a busy machine may pass the deadline within any of them.
      const stepMs = Math.max(1, expiresAt - (await harness.driver.now()) - CLOSE_MS);
      await harness.driver.advance(user, stepMs);
      const before = await harness.driver.now();
      const found = await harness.store.read(sessionId);
      if (found.state !== 'live') {
        expect(found).toMatchObject({ state: 'ended', because: 'expired' });
        if (found.state === 'ended') expect(movedBy(stepMs, expiresAt)).toContain(found.endedAt);
        expect(await harness.driver.now()).toBeGreaterThanOrEqual(expiresAt - stepMs);
        break;
      }
      ({ expiresAt } = found.record);
      expect(before).toBeLessThan(expiresAt);
    }
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
    await harness.driver.advance(user, IDLE_MS / 2 + TOUCH_MS);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ because: 'idle' });
  });

  it('takes a refresh for activity', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await harness.driver.advance(user, IDLE_MS / 2);
    await harness.store.rotate(presented(session, 1), secret(2), 0);
    await harness.driver.advance(user, IDLE_MS / 2 + TOUCH_MS);
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

  it.each([
    'touch',
    'end',
    'rotate',
    'amend',
    'readData',
    'writeData',
    'list',
    'listEnded',
    'endAll',
  ] as const)('judges deadlines in %s too', async (method) => {
    const user = randomUser();
    const session = await harness.begin(user);
    const id = session.record.sessionId;
    await harness.driver.advance(user, IDLE_MS + TOUCH_MS);
    const { store } = harness;
    const over = { outcome: 'ended', ended: { because: 'idle' } };
    if (method === 'touch') expect(await store.touch(id)).toBe(false);
    if (method === 'end') expect(await store.end(id, 'logout')).toBe(false);
    if (method === 'rotate')
      expect(await store.rotate(presented(session, 1), secret(2), 0)).toMatchObject(over);
    if (method === 'amend') expect(await store.amend(id, 1, { acr: 2 })).toMatchObject(over);
    if (method === 'readData') expect(await store.readData(id)).toBeUndefined();
    if (method === 'writeData') expect(await store.writeData(id, 'order', 0, '1')).toMatchObject(over);
    if (method === 'list') expect(await store.list(user)).toEqual([]);
    if (method === 'listEnded')
      expect(await store.listEnded(user)).toMatchObject([{ sessionId: id, because: 'idle' }]);
    if (method === 'endAll') expect(await store.endAll(user, 'revoked')).toMatchObject({ sessionIds: [] });
    expect(await store.read(id)).toMatchObject({ state: 'ended', because: 'idle' });
  });

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

/** A point in time after `ms` have passed: one driver moves its clock, another what it has stored. */
function movedBy(ms: number, at: number): readonly number[] {
  return [at, at - ms];
}
