import { expect, it } from '@jest/globals';
import {
  cookieHash,
  presented,
  randomUser,
  secret,
  SLACK_MS,
  WINDOW_MS,
  type StoreHarness,
} from './store-harness.js';

const STEP_UP = { acr: 2, stepUp: true, previousForMs: WINDOW_MS } as const;

/** Amending a live session: compare-and-set by version, step-ups, and what was out before them. */
export function describeAmending(harness: StoreHarness): void {
  it('changes what it is given, counts the version up, and leaves the rest', async () => {
    const session = await harness.begin(randomUser(), { roles: ['user'], rememberMe: true });
    const { sessionId } = session.record;
    const amended = await harness.store.amend(sessionId, 1, { roles: ['user', 'support'] });
    expect(amended).toMatchObject({ outcome: 'amended', session: { lastSeenAt: session.lastSeenAt } });
    const { record } = await harness.live(sessionId);
    expect(record).toEqual({ ...session.record, roles: ['user', 'support'], version: 2 });
    expect(amended).toMatchObject({ session: { record } });
    expect(amended).not.toHaveProperty('generation');
  });

  it.each([0, 2, -1])('amends nothing at version %d when 1 is there, and says what is', async (version) => {
    const session = await harness.begin(randomUser());
    const { sessionId } = session.record;
    expect(await harness.store.amend(sessionId, version, { acr: 2, refresh: secret(2) })).toMatchObject({
      outcome: 'conflict',
      session: { record: session.record },
    });
    expect(await harness.live(sessionId)).toMatchObject({ record: session.record });
    expect(await harness.store.rotate(presented(session, 1), secret(2), 0)).toMatchObject({
      outcome: 'rotated',
    });
  });

  it('of 20 amendments of one version at once exactly one is written', async () => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    const roles = Array.from({ length: 20 }, (_, i) => [`role-${i}`]);
    const outcomes = await Promise.all(
      roles.map((given) => harness.store.amend(sessionId, 1, { roles: given })),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'amended')).toHaveLength(1);
    const { record } = await harness.live(sessionId);
    expect(record.version).toBe(2);
    expect(outcomes.find(({ outcome }) => outcome === 'amended')).toMatchObject({ session: { record } });
  });

  it('G9: amends nothing that has ended', async () => {
    const { sessionId } = (await harness.begin(randomUser())).record;
    await harness.store.end(sessionId, 'logout');
    const over = { outcome: 'ended', ended: { because: 'logout' } };
    expect(await harness.store.amend(sessionId, 1, { acr: 2 })).toMatchObject(over);
    expect(await harness.store.read(sessionId)).toMatchObject({ state: 'ended', because: 'logout' });
  });

  it('is no activity, and moves no deadline', async () => {
    const user = randomUser();
    const { sessionId } = (await harness.begin(user)).record;
    await harness.driver.advance(user, 60_000);
    const before = await harness.live(sessionId);
    const after = await harness.amend(sessionId, { ...STEP_UP, refresh: secret(2) });
    expect(after).toMatchObject({ lastSeenAt: before.lastSeenAt, idleExpiresAt: before.idleExpiresAt });
    expect(after.record.expiresAt).toBe(before.record.expiresAt);
  });

  it('moves the time of authentication at a step-up, by the clock of the store', async () => {
    const user = randomUser();
    const { record } = await harness.begin(user);
    expect(record).not.toHaveProperty('steppedUpAt');
    await harness.driver.advance(user, 60_000);
    const before = await harness.driver.now();
    const stepped = (await harness.amend(record.sessionId, STEP_UP)).record;
    expect(stepped.authTimeAt).toBeGreaterThanOrEqual(before);
    expect(stepped).toMatchObject({ acr: 2, steppedUpAt: stepped.authTimeAt });
    const later = (await harness.amend(record.sessionId, { roles: [] })).record;
    expect(later).toEqual({ ...stepped, roles: [], version: 3 });
  });

  describeFreshSecrets(harness);
  describeCookies(harness);
}

/** A step-up of a session that has a refresh token. */
function describeFreshSecrets(harness: StoreHarness): void {
  const rotate = (...[session, generation]: Parameters<typeof presented>) =>
    harness.store.rotate(presented(session, generation), secret(generation + 1), WINDOW_MS);

  it('makes a fresh secret the next generation', async () => {
    const session = await harness.begin(randomUser());
    await rotate(session, 1);
    const amended = await harness.store.amend(session.record.sessionId, 1, {
      ...STEP_UP,
      refresh: secret(3),
    });
    expect(amended).toMatchObject({ outcome: 'amended', generation: 3 });
    expect(await rotate(session, 3)).toMatchObject({ outcome: 'rotated', generation: 4 });
    expect(await rotate(session, 3)).toMatchObject({ outcome: 'repeated', generation: 4 });
  });

  it('refuses the token of before a step-up within the window, and ends nothing', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await harness.amend(session.record.sessionId, { ...STEP_UP, refresh: secret(2) });
    expect(await rotate(session, 1)).toEqual({ outcome: 'refused' });
    await harness.driver.advance(user, WINDOW_MS - SLACK_MS);
    expect(await rotate(session, 1)).toEqual({ outcome: 'refused' });
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'rotated', session: { record: { acr: 2 } } });
  });

  it('takes the token of before a step-up for theft after the window', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await harness.amend(session.record.sessionId, { ...STEP_UP, refresh: secret(2) });
    await harness.driver.advance(user, WINDOW_MS + 1);
    expect(await rotate(session, 1)).toMatchObject({ outcome: 'reused', ended: { because: 'token-reuse' } });
    expect(await harness.store.read(session.record.sessionId)).toMatchObject({ because: 'token-reuse' });
  });

  it('gives no fresh secret to a session that has cookies', async () => {
    const { sessionId } = (await harness.beginWithCookie(randomUser())).record;
    const amended = await harness.store.amend(sessionId, 1, { refresh: secret(2) });
    expect(amended).toMatchObject({ outcome: 'amended' });
    expect(amended).not.toHaveProperty('generation');
    const guess = { sessionId, generation: 1, hash: secret(2).hash };
    expect(await harness.store.rotate(guess, secret(3), WINDOW_MS)).toEqual({ outcome: 'refused' });
  });
}

/** The cookie of before, for requests that were on their way. */
function describeCookies(harness: StoreHarness): void {
  const rotate = (sessionId: string, n: number) =>
    harness.amend(sessionId, { ...STEP_UP, cookieHash: cookieHash(n) });

  it('keeps the previous cookie as what it was, until its window is over', async () => {
    const user = randomUser();
    const session = await harness.beginWithCookie(user);
    const { sessionId } = session.record;
    await harness.driver.advance(user, 60_000);
    const { acr, authTimeAt } = (await harness.live(sessionId)).record;
    const { cookie, steppedUpAt = 0 } = (await rotate(sessionId, 2)).record;
    expect(cookie).toEqual({
      hash: cookieHash(2),
      previous: { hash: cookieHash(1), untilAt: steppedUpAt + WINDOW_MS, acr, authTimeAt },
    });
    expect((await harness.live(sessionId)).record.cookie).toEqual(cookie);
    await harness.driver.advance(user, WINDOW_MS - SLACK_MS);
    expect((await harness.live(sessionId)).record.cookie).toHaveProperty('previous');
    expect(await harness.store.list(user)).toMatchObject([{ record: { cookie: { previous: {} } } }]);
    await harness.driver.advance(user, SLACK_MS + 1);
    expect((await harness.live(sessionId)).record.cookie).toEqual({ hash: cookieHash(2) });
    expect((await harness.store.list(user))[0]?.record.cookie).toEqual({ hash: cookieHash(2) });
  });

  it('keeps one previous cookie only when two rotate within the window', async () => {
    const { sessionId } = (await harness.beginWithCookie(randomUser())).record;
    const second = (await rotate(sessionId, 2)).record;
    const { cookie } = (await rotate(sessionId, 3)).record;
    expect(cookie).toMatchObject({ hash: cookieHash(3), previous: { hash: cookieHash(2), acr: 2 } });
    expect(cookie?.previous).toMatchObject({
      authTimeAt: second.authTimeAt,
      steppedUpAt: second.steppedUpAt,
    });
  });

  it('leaves both cookies when something else changes', async () => {
    const { sessionId } = (await harness.beginWithCookie(randomUser())).record;
    const { cookie } = (await rotate(sessionId, 2)).record;
    expect((await harness.amend(sessionId, { roles: ['admin'] })).record.cookie).toEqual(cookie);
  });

  it('brings a spent cookie back by no amendment', async () => {
    const user = randomUser();
    const { sessionId } = (await harness.beginWithCookie(user)).record;
    await rotate(sessionId, 2);
    await harness.driver.advance(user, WINDOW_MS + 1);
    expect((await harness.amend(sessionId, { roles: ['admin'] })).record.cookie).toEqual({
      hash: cookieHash(2),
    });
  });
}
