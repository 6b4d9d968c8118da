import { systemClock, type Clock, type SessionManager } from '@holdfast/session-core';
import type { AccessTokenVerifierOptions } from './access-token-verifier.js';
import type { ActiveSession } from './active-session.js';

/** Sessions of an application that has the parts at hand, and nothing in front of it that knows of sessions. */
export interface StandaloneSessionOptions {
  /** What `createSessions` gives. `close` is called at shutdown, once no request runs any more. */
  readonly sessions: { readonly manager: SessionManager; readonly close?: () => Promise<void> };
  /** Whose access tokens are taken: an `AccessTokenSigner`'s, or another server's. */
  readonly tokens: Pick<AccessTokenVerifierOptions, 'issuer' | 'audience' | 'keys'>;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * Notes that somebody is there, which a gateway does elsewhere: once in the session's interval. Nobody waits for it, and a store
 * that is away costs a minute of idleness.
 */
export function noteActivity(
  { sessionId, activity }: ActiveSession,
  { sessions: { manager }, clock = systemClock }: StandaloneSessionOptions,
): void {
  if (activity && clock.now() >= activity.touchDueAt) manager.touch(sessionId).catch(() => false);
}
