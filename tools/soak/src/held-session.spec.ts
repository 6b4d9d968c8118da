import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { HeldSession } from './held-session.js';

const tokens = { access_token: 'a', refresh_token: 'r0', expires_in: 300, sessionId: 'id' };
let session: HeldSession;

beforeEach(() => {
  jest.useFakeTimers();
  session = new HeldSession('u1', 's1', tokens);
});
afterEach(() => {
  jest.useRealTimers();
});

const pass = (ms: number) => jest.advanceTimersByTime(ms);

it('refreshes one at a time', () => {
  expect(session.mayRefresh).toBe(true);
  session.isRotating = true;
  expect([session.mayRefresh, session.mayStepUp]).toEqual([false, false]);
});

it('shows a token again that was not answered, soon and with no step-up between, and then never again', () => {
  session.noteShown();
  session.noteDoubt();
  expect([session.mayRefresh, session.mayStepUp]).toEqual([true, false]);
  pass(19_000);
  session.noteShown();
  expect(session.mayRefresh).toBe(true);
  pass(2_000);
  expect(session.mayRefresh).toBe(false);
});

it('waits with the next rotation until a request that was not answered cannot happen any more', () => {
  session.noteShown();
  session.noteDoubt();
  session.adopt({ refresh_token: 'r1' });
  expect(session.tokens).toEqual({ ...tokens, refresh_token: 'r1' });
  expect([session.mayRefresh, session.mayStepUp]).toEqual([false, false]);
  pass(15_001);
  expect([session.mayRefresh, session.mayStepUp]).toEqual([true, true]);
});

it('is spent when its cart is full, or its access token ends and cannot be renewed', () => {
  session.forgetRefresh();
  expect([session.mayRefresh, session.needsRenewal, session.isSpent]).toEqual([false, false, false]);
  pass(211_000);
  expect([session.needsRenewal, session.isSpent]).toEqual([true, true]);
  const full = new HeldSession('u1', 's2', tokens);
  full.adds = 95;
  expect(full.isSpent).toBe(true);
});
