import { expect, it } from '@jest/globals';
import type { LiveSession } from '@holdfast/session-core';
import {
  IDLE_MS,
  presented,
  randomUser,
  secret,
  TOUCH_MS,
  WINDOW_MS,
  type StoreHarness,
} from './store-harness.js';

/** Whether a refresh token is good can be asked without using it up. */
export function describePeeking(harness: StoreHarness): void {
  const peek = (session: LiveSession, generation: number) =>
    harness.store.peekRefresh(presented(session, generation));
  const rotate = (session: LiveSession, generation: number) =>
    harness.store.rotate(presented(session, generation), secret(generation + 1), WINDOW_MS);

  it('shows the session to its current secret only, not to the one before it within the window', async () => {
    const session = await harness.begin(randomUser());
    expect(await peek(session, 1)).toMatchObject({ state: 'live', record: session.record });
    expect(await peek(session, 2)).toBeUndefined();
    await rotate(session, 1);
    expect(await peek(session, 1)).toBeUndefined();
    expect(await peek(session, 2)).toMatchObject({ state: 'live', record: session.record });
  });

  it('shows nothing to a wrong secret of the current generation, nor to the right one of another', async () => {
    const session = await harness.begin(randomUser());
    const { hash } = secret(99);
    expect(await harness.store.peekRefresh({ ...presented(session, 1), hash })).toBeUndefined();
    expect(await harness.store.peekRefresh({ ...presented(session, 1), generation: 2 })).toBeUndefined();
  });

  it('shows nothing to the secret of before a step-up', async () => {
    const session = await harness.begin(randomUser());
    await harness.amend(session.record.sessionId, { acr: 2, stepUp: true, refresh: secret(2) });
    expect(await peek(session, 1)).toBeUndefined();
    expect(await peek(session, 2)).toMatchObject({ record: { acr: 2 } });
  });

  it('uses nothing up, ends nothing and is no activity', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await rotate(session, 1);
    await harness.driver.advance(user, WINDOW_MS + 1);
    const { lastSeenAt } = await harness.live(session.record.sessionId);
    for (const generation of [1, 2, 3]) await peek(session, generation);
    expect(await harness.live(session.record.sessionId)).toMatchObject({ lastSeenAt });
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'rotated', generation: 3 });
  });

  it('shows no session that is over, idle, absent, or has cookies', async () => {
    const user = randomUser();
    const [over, idle] = [await harness.begin(user), await harness.begin(user)];
    await harness.store.end(over.record.sessionId, 'logout');
    expect(await peek(over, 1)).toBeUndefined();
    await harness.driver.advance(user, IDLE_MS + TOUCH_MS);
    expect(await peek(idle, 1)).toBeUndefined();
    expect(await harness.store.read(idle.record.sessionId)).toMatchObject({ because: 'idle' });
    const sessionId = harness.ids.mint(user);
    expect(await harness.store.peekRefresh({ ...presented(idle, 1), sessionId })).toBeUndefined();
    expect(await peek(await harness.beginWithCookie(user), 1)).toBeUndefined();
  });
}
