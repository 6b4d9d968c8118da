import { expect, it } from '@jest/globals';
import { presented, randomUser, secret, TOMBSTONE_MS, type StoreHarness } from './store-harness.js';

/** Ending one and ending all: final, idempotent, and not to be outrun. */
export function describeEnding(harness: StoreHarness): void {
  it('ends a session once: the first reason stays', async () => {
    const { record } = await harness.begin(randomUser());
    expect(await harness.store.end(record.sessionId, 'logout')).toBe(true);
    expect(await harness.store.end(record.sessionId, 'revoked')).toBe(false);
    expect(await harness.store.read(record.sessionId)).toMatchObject({ state: 'ended', because: 'logout' });
  });

  it('ends a session once when many end it at the same time', async () => {
    const { record } = await harness.begin(randomUser());
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => harness.store.end(record.sessionId, 'logout')),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
  });

  it('G9: no method revives an ended session', async () => {
    const session = await harness.begin(randomUser());
    const { sessionId, userId } = session.record;
    await harness.store.writeData(sessionId, 'order', 0, '1');
    await harness.store.end(sessionId, 'logout');
    const before = await harness.store.read(sessionId);
    expect(await harness.store.touch(sessionId)).toBe(false);
    const over = { outcome: 'ended', ended: { because: 'logout' } };
    expect(await harness.store.rotate(presented(session, 1), secret(2), 0)).toMatchObject(over);
    expect(await harness.store.writeData(sessionId, 'order', 1, '2')).toMatchObject(over);
    expect(await harness.store.readData(sessionId)).toBeUndefined();
    expect(await harness.store.endAll(userId, 'revoked')).toMatchObject({ sessionIds: [] });
    expect(await harness.store.list(userId)).toEqual([]);
    expect(await harness.store.read(sessionId)).toEqual(before);
  });

  it('G9: stays ended under a storm of late requests', async () => {
    const session = await harness.begin(randomUser());
    const { sessionId } = session.record;
    const storm = Array.from({ length: 40 }, (_, i) => {
      if (i === 20) return harness.store.end(sessionId, 'logout');
      if (i % 3 === 0) return harness.store.touch(sessionId);
      if (i % 3 === 1) return harness.store.rotate(presented(session, 1), secret(2), 60_000);
      return harness.store.writeData(sessionId, 'order', 0, '1');
    });
    await Promise.all(storm);
    expect(await harness.store.read(sessionId)).toMatchObject({ state: 'ended', because: 'logout' });
    expect(await harness.store.touch(sessionId)).toBe(false);
  });

  it('ends all sessions of a user and of nobody else', async () => {
    const [user, other] = [randomUser(), randomUser()];
    const own = await Promise.all([harness.begin(user), harness.begin(user), harness.begin(user)]);
    const foreign = await harness.begin(other);
    const { sessionIds: ended } = await harness.store.endAll(user, 'password-changed');
    expect([...ended].sort()).toEqual(own.map((session) => session.record.sessionId).sort());
    for (const id of ended) {
      expect(await harness.store.read(id)).toMatchObject({ because: 'password-changed' });
    }
    expect(await harness.store.read(foreign.record.sessionId)).toMatchObject({ state: 'live' });
    expect(await harness.store.endAll(user, 'revoked')).toMatchObject({ sessionIds: [] });
  });

  it('ends all but the one to keep', async () => {
    const user = randomUser();
    const kept = await harness.begin(user);
    const gone = await harness.begin(user);
    const keepSessionId = kept.record.sessionId;
    expect(await harness.store.endAll(user, 'revoked', { keepSessionId })).toMatchObject({
      sessionIds: [gone.record.sessionId],
    });
    expect(await harness.store.read(kept.record.sessionId)).toMatchObject({ state: 'live' });
    expect(await harness.store.list(user)).toHaveLength(1);
  });

  it('keeps nothing when the one to keep is of another user', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    const foreign = await harness.begin(randomUser());
    const options = { keepSessionId: foreign.record.sessionId };
    expect(await harness.store.endAll(user, 'revoked', options)).toMatchObject({
      sessionIds: [record.sessionId],
    });
  });

  it('does not let a sign-in of before outrun the end of all', async () => {
    const user = randomUser();
    const epoch = await harness.store.epoch(user);
    await harness.store.endAll(user, 'password-changed');
    const late = harness.draft(user, { epoch });
    const begun = await harness.store.begin(late, secret(1), 100);
    expect(begun).toMatchObject({ outcome: 'ended', ended: { because: 'password-changed' } });
    expect(await harness.store.read(late.sessionId)).toMatchObject({ state: 'absent' });
    expect(await harness.store.list(user)).toEqual([]);
  });

  it('begins sessions again after the end of all', async () => {
    const user = randomUser();
    await harness.store.endAll(user, 'revoked');
    const epoch = await harness.store.epoch(user);
    await harness.store.endAll(user, 'revoked');
    expect(await harness.store.epoch(user)).toBeGreaterThan(epoch);
    const { record } = await harness.begin(user, { epoch: await harness.store.epoch(user) });
    expect(await harness.store.read(record.sessionId)).toMatchObject({ state: 'live' });
  });

  it('leaves no session live of those that raced the end of all with the epoch of before', async () => {
    const user = randomUser();
    const epoch = await harness.store.epoch(user);
    const begins = Array.from({ length: 20 }, () =>
      harness.store.begin(harness.draft(user, { epoch }), secret(1), 100),
    );
    await Promise.all([...begins.slice(0, 10), harness.store.endAll(user, 'revoked'), ...begins.slice(10)]);
    expect(await harness.store.list(user)).toEqual([]);
  });

  it('ends with a given epoch what began before it, and nothing that began since', async () => {
    const user = randomUser();
    const before = await harness.begin(user);
    const { epoch } = await harness.store.endAll(user, 'logout');
    const since = await harness.begin(user, { epoch });
    expect(await harness.store.endAll(user, 'logout', { epoch })).toEqual({ sessionIds: [], epoch });
    expect(await harness.store.read(since.record.sessionId)).toMatchObject({ state: 'live' });
    expect(await harness.store.read(before.record.sessionId)).toMatchObject({ because: 'logout' });
    expect(await harness.store.epoch(user)).toBe(epoch);
    const higher = { epoch: epoch + 1 };
    expect(await harness.store.endAll(user, 'revoked', higher)).toEqual({
      sessionIds: [since.record.sessionId],
      ...higher,
    });
  });

  it('takes over a higher epoch from a begin, and never a lower one', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user, { epoch: 7 });
    expect(record.epoch).toBe(7);
    expect(await harness.store.epoch(user)).toBe(7);
    await harness.store.raiseEpoch(user, 5);
    expect(await harness.store.epoch(user)).toBe(7);
    const late = await harness.store.begin(harness.draft(user, { epoch: 6 }), secret(1), 100);
    expect(late).toMatchObject({ outcome: 'ended' });
  });

  it('G9: says why of a session that only the ledger knows to be over, and lets it begin no more', async () => {
    const user = randomUser();
    const draft = harness.draft(user);
    const recordedAt = (await harness.driver.now()) - 1_000;
    expect(await harness.store.end(draft.sessionId, 'logout', { recordedAt })).toBe(false);
    const over = { because: 'logout', endedAt: recordedAt };
    expect(await harness.store.read(draft.sessionId)).toMatchObject({ state: 'ended', ...over });
    expect(await harness.store.begin(draft, secret(1), 100)).toMatchObject({ outcome: 'ended', ended: over });
    expect(await harness.store.listEnded(user)).toEqual([]);
  });

  it('leaves a session absent whose end was recorded longer ago than a tombstone lives', async () => {
    const { sessionId } = harness.draft(randomUser());
    const recordedAt = (await harness.driver.now()) - TOMBSTONE_MS;
    await harness.store.end(sessionId, 'logout', { recordedAt });
    expect(await harness.store.read(sessionId)).toEqual({ state: 'absent' });
  });
}
