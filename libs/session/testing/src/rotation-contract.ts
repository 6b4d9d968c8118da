import { expect, it } from '@jest/globals';
import type { LiveSession } from '@holdfast/session-core';
import { presented, randomUser, secret, SLACK_MS, WINDOW_MS, type StoreHarness } from './store-harness.js';

/** The refresh table: each row of what may be presented, and what is done. */
export function describeRotation(harness: StoreHarness): void {
  const rotate = (session: LiveSession, generation: number, keyId = 'k1') =>
    harness.store.rotate(presented(session, generation), secret(generation + 1, keyId), WINDOW_MS);

  const heal = (session: LiveSession, generation: number) =>
    harness.store.heal(presented(session, generation), secret(generation + 1), WINDOW_MS);

  it('rotates the current secret', async () => {
    const session = await harness.begin(randomUser());
    const rotated = await rotate(session, 1);
    expect(rotated).toMatchObject({ outcome: 'rotated', generation: 2, session: { record: session.record } });
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'rotated', generation: 3 });
  });

  it('G11: answers a retry within the window with the same successor, and names the key that derived it', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await rotate(session, 1, 'k-old');
    await harness.driver.advance(user, WINDOW_MS - SLACK_MS);
    expect(await rotate(session, 1, 'k-new')).toMatchObject({
      outcome: 'repeated',
      generation: 2,
      keyId: 'k-old',
    });
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'rotated', generation: 3 });
  });

  it('G11: takes the previous secret after the window for theft and ends the session', async () => {
    const user = randomUser();
    const session = await harness.begin(user);
    await rotate(session, 1);
    await harness.driver.advance(user, WINDOW_MS + 1);
    expect(await rotate(session, 1)).toMatchObject({ outcome: 'reused', ended: { because: 'token-reuse' } });
    expect(await harness.store.read(session.record.sessionId)).toMatchObject({ because: 'token-reuse' });
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'ended', ended: { because: 'token-reuse' } });
  });

  it('G11: takes anything older than the previous secret for theft, also within the window', async () => {
    const session = await harness.begin(randomUser());
    await rotate(session, 1);
    await rotate(session, 2);
    expect(await rotate(session, 1)).toMatchObject({ outcome: 'reused', ended: { because: 'token-reuse' } });
    expect(await harness.store.list(session.record.userId)).toEqual([]);
  });

  it.each([
    ['current', 2],
    ['previous', 1],
  ])('refuses a wrong secret of the %s generation and ends nothing', async (_which, generation) => {
    const session = await harness.begin(randomUser());
    await rotate(session, 1);
    const guess = { ...presented(session, generation), hash: secret(99).hash };
    expect(await harness.store.rotate(guess, secret(3), WINDOW_MS)).toEqual({ outcome: 'refused' });
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'rotated' });
  });

  it('says that a generation is ahead that was never reached, and changes nothing', async () => {
    const session = await harness.begin(randomUser());
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'ahead', session: { record: session.record } });
    expect(await rotate(session, 1)).toMatchObject({ outcome: 'rotated', generation: 2 });
  });

  it('G6: adopts a generation that was lost, and goes on from there', async () => {
    const session = await harness.begin(randomUser());
    expect(await heal(session, 4)).toMatchObject({ outcome: 'rotated', generation: 5 });
    expect(await heal(session, 4)).toMatchObject({ outcome: 'repeated', generation: 5, keyId: 'k1' });
    expect(await rotate(session, 4)).toMatchObject({ outcome: 'repeated', generation: 5 });
    expect(await rotate(session, 5)).toMatchObject({ outcome: 'rotated', generation: 6 });
    expect(await rotate(session, 1)).toMatchObject({ outcome: 'reused' });
  });

  it('G9: heals nothing that is over or absent', async () => {
    const session = await harness.begin(randomUser());
    await harness.store.end(session.record.sessionId, 'logout');
    expect(await heal(session, 4)).toMatchObject({ outcome: 'ended', ended: { because: 'logout' } });
    const sessionId = harness.ids.mint(session.record.userId);
    const absent = { ...session, record: { ...session.record, sessionId } };
    expect(await heal(absent, 4)).toEqual({ outcome: 'refused' });
    expect(await harness.store.read(sessionId)).toEqual({ state: 'absent' });
  });

  it('refuses the token of an absent session and heals nothing', async () => {
    const session = await harness.begin(randomUser());
    const sessionId = harness.ids.mint(session.record.userId);
    const absent = { ...session, record: { ...session.record, sessionId } };
    expect(await rotate(absent, 1)).toEqual({ outcome: 'refused' });
    expect(await harness.store.read(sessionId)).toEqual({ state: 'absent' });
  });

  it('says why when the session is over', async () => {
    const session = await harness.begin(randomUser());
    await harness.store.end(session.record.sessionId, 'logout');
    expect(await rotate(session, 1)).toMatchObject({ outcome: 'ended', ended: { because: 'logout' } });
  });

  it('G11: of 20 rotations at once one rotates and 19 are given the same', async () => {
    const session = await harness.begin(randomUser());
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => rotate(session, 1)));
    const count = (outcome: string) => outcomes.filter((one) => one.outcome === outcome).length;
    expect(count('rotated')).toBe(1);
    expect(count('repeated')).toBe(19);
    expect(await rotate(session, 2)).toMatchObject({ outcome: 'rotated', generation: 3 });
  });
}
