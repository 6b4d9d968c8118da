import { expect, it } from '@jest/globals';
import { presented, randomUser, secret, type StoreHarness } from './store-harness.js';

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
    expect(await harness.store.endAll(userId, 'revoked')).toEqual([]);
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
    const ended = await harness.store.endAll(user, 'password-changed');
    expect([...ended].sort()).toEqual(own.map((session) => session.record.sessionId).sort());
    for (const id of ended) {
      expect(await harness.store.read(id)).toMatchObject({ because: 'password-changed' });
    }
    expect(await harness.store.read(foreign.record.sessionId)).toMatchObject({ state: 'live' });
    expect(await harness.store.endAll(user, 'revoked')).toEqual([]);
  });

  it('ends all but the one to keep', async () => {
    const user = randomUser();
    const kept = await harness.begin(user);
    const gone = await harness.begin(user);
    expect(await harness.store.endAll(user, 'revoked', kept.record.sessionId)).toEqual([
      gone.record.sessionId,
    ]);
    expect(await harness.store.read(kept.record.sessionId)).toMatchObject({ state: 'live' });
    expect(await harness.store.list(user)).toHaveLength(1);
  });

  it('keeps nothing when the one to keep is of another user', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    const foreign = await harness.begin(randomUser());
    expect(await harness.store.endAll(user, 'revoked', foreign.record.sessionId)).toEqual([record.sessionId]);
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
}
