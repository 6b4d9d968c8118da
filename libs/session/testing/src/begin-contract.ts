import type { LiveSession } from '@holdfast/session-core';
import { expect, it } from '@jest/globals';
import {
  ABSOLUTE_MS,
  cookieHash,
  IDLE_MS,
  presented,
  randomUser,
  secret,
  TOUCH_MS,
  WINDOW_MS,
  type StoreHarness,
} from './store-harness.js';

/** Begin, read, list, and the limit of sessions per user. */
export function describeBegin(harness: StoreHarness): void {
  it('begins a session and reads back exactly what was begun', async () => {
    const draft = harness.draft(randomUser(), { roles: ['user', 'admin'], acr: 2 });
    const begun = await harness.store.begin(draft, secret(1), 100);
    const { absoluteTimeoutMs: _absolute, ...identity } = draft;
    expect(begun).toMatchObject({
      outcome: 'begun',
      replaced: [],
      session: { state: 'live', record: identity },
    });
    const read = await harness.store.read(draft.sessionId);
    expect(begun).toMatchObject({ session: read });
    if (read.state !== 'live') throw new Error('not live');
    expect(Object.keys(read.record).sort()).toEqual(
      [...Object.keys(identity), 'authTimeAt', 'authzVersion', 'createdAt', 'expiresAt', 'version'].sort(),
    );
    expect(read.record.version).toBe(1);
  });

  it('begins a session that has cookies and no refresh token', async () => {
    const { record } = await harness.beginWithCookie(randomUser(), { rememberMe: true });
    expect(record).toMatchObject({ cookie: { hash: cookieHash(1) }, rememberMe: true });
    expect(record).not.toHaveProperty('cookieHash');
    const guess = { sessionId: record.sessionId, generation: 1, hash: cookieHash(1) };
    expect(await harness.store.rotate(guess, secret(2), 0)).toEqual({ outcome: 'refused' });
    expect(await harness.live(record.sessionId)).toMatchObject({ record });
  });

  it('counts all deadlines from the begin', async () => {
    const { record, lastSeenAt, idleExpiresAt } = await harness.begin(randomUser());
    expect(record.authTimeAt).toBe(record.createdAt);
    expect(lastSeenAt).toBe(record.createdAt);
    expect(idleExpiresAt).toBe(record.createdAt + IDLE_MS);
    expect(record.expiresAt).toBe(record.createdAt + ABSOLUTE_MS);
  });

  it('never gives an idle deadline later than the absolute one', async () => {
    const session = await harness.begin(randomUser(), { absoluteTimeoutMs: 60_000 });
    expect(session.idleExpiresAt).toBe(session.record.expiresAt);
  });

  it('knows nothing of a session that was never begun', async () => {
    const id = harness.ids.mint(randomUser());
    expect(await harness.store.read(id)).toEqual({ state: 'absent' });
    expect(await harness.store.touch(id)).toBe(false);
    expect(await harness.store.end(id, 'logout')).toBe(false);
    expect(await harness.store.readData(id)).toBeUndefined();
    expect(await harness.store.writeData(id, 'order', 0, '1')).toEqual({ outcome: 'absent' });
    expect(await harness.store.amend(id, 1, { acr: 2 })).toEqual({ outcome: 'absent' });
    expect(await harness.store.claimParcel(id, id, 1_000)).toEqual({ outcome: 'none' });
    expect(await harness.store.dropParcel(id, id)).toBe(false);
    expect(await harness.store.list(randomUser())).toEqual([]);
    expect(await harness.store.listEnded(randomUser())).toEqual([]);
  });

  it('answers what is there when a begin is repeated', async () => {
    const draft = harness.draft(randomUser());
    const first = await harness.store.begin(draft, secret(1), 1);
    expect(await harness.store.begin({ ...draft, roles: ['admin'] }, secret(2), 1)).toEqual(first);
    expect(await harness.store.list(draft.userId)).toHaveLength(1);
  });

  it('G9: does not begin again what has ended', async () => {
    const draft = harness.draft(randomUser());
    await harness.store.begin(draft, secret(1), 100);
    await harness.store.end(draft.sessionId, 'logout');
    const again = await harness.store.begin(draft, secret(1), 100);
    expect(again).toMatchObject({ outcome: 'ended', ended: { because: 'logout' } });
    expect(await harness.store.list(draft.userId)).toEqual([]);
  });

  it('lists the live sessions of one user, most recently active first', async () => {
    const user = randomUser();
    const a = await harness.begin(user);
    await harness.driver.advance(user, 1_000);
    const b = await harness.begin(user);
    await harness.driver.advance(user, 1_000);
    const c = await harness.begin(user);
    await harness.begin(randomUser());
    await harness.driver.advance(user, 1_000);
    await harness.store.touch(a.record.sessionId);
    const ids = (await harness.store.list(user)).map((session) => session.record.sessionId);
    expect(ids).toEqual([a, c, b].map((session) => session.record.sessionId));
  });

  it('lists which generation of its refresh token a session has reached; one with cookies has none', async () => {
    const user = randomUser();
    const [quiet, busy] = [await harness.begin(user), await harness.begin(user)];
    const cookie = await harness.beginWithCookie(user);
    await harness.store.rotate(presented(busy, 1), secret(2), WINDOW_MS);
    await harness.amend(busy.record.sessionId, { acr: 2, stepUp: true, refresh: secret(3) });
    const listed = await harness.store.list(user);
    const generationOf = ({ record }: LiveSession) =>
      listed.find((one) => one.record.sessionId === record.sessionId)?.generation;
    expect([quiet, busy, cookie].map(generationOf)).toEqual([1, 3, undefined]);
  });

  it('lets the least recently active session give way at the limit', async () => {
    const user = randomUser();
    const old = await harness.begin(user, {}, 2);
    await harness.driver.advance(user, 1_000);
    const quiet = await harness.begin(user, {}, 2);
    await harness.driver.advance(user, 1_000);
    await harness.store.touch(old.record.sessionId);
    const begun = await harness.store.begin(harness.draft(user), secret(1), 2);
    expect(begun).toMatchObject({ outcome: 'begun', replaced: [quiet.record.sessionId] });
    expect(await harness.store.read(quiet.record.sessionId)).toMatchObject({
      state: 'ended',
      because: 'replaced',
    });
    expect(await harness.store.list(user)).toHaveLength(2);
  });

  it('goes by activity and not by idle timeout when a session must give way', async () => {
    const user = randomUser();
    const lazy = await harness.begin(user, { idleTimeoutMs: IDLE_MS * 4 });
    await harness.driver.advance(user, 1_000);
    await harness.begin(user);
    const begun = await harness.store.begin(harness.draft(user), secret(1), 2);
    expect(begun).toMatchObject({ replaced: [lazy.record.sessionId] });
  });

  it('counts no session that is over against the limit', async () => {
    const user = randomUser();
    await harness.begin(user, { idleTimeoutMs: 60_000 });
    await harness.begin(user, { absoluteTimeoutMs: 60_000 });
    const live = await harness.begin(user);
    await harness.driver.advance(user, 60_000 + TOUCH_MS);
    expect(await harness.store.begin(harness.draft(user), secret(1), 2)).toMatchObject({ replaced: [] });
    expect(await harness.store.read(live.record.sessionId)).toMatchObject({ state: 'live' });
  });

  it('makes room for several when the limit was lowered, and never replaces the new one', async () => {
    const user = randomUser();
    for (let i = 0; i < 4; i += 1) await harness.begin(user);
    const draft = harness.draft(user);
    const begun = await harness.store.begin(draft, secret(1), 1);
    expect(begun).toMatchObject({ outcome: 'begun', session: { state: 'live' } });
    expect((await harness.store.list(user)).map((session) => session.record.sessionId)).toEqual([
      draft.sessionId,
    ]);
  });

  it('keeps the limit when many begin at once', async () => {
    const user = randomUser();
    await Promise.all(Array.from({ length: 20 }, () => harness.begin(user, {}, 5)));
    expect(await harness.store.list(user)).toHaveLength(5);
  });
}
