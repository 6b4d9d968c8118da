import { systemClock, touchIntervalMs, type Clock, type SessionManager } from '@holdfast/session-core';
import type { FastifyInstance } from 'fastify';
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

/** Notes activity after each answer, which a gateway does elsewhere. Nobody waits for it, and a store that is away costs a minute of idleness. */
export function noteActivity(
  fastify: FastifyInstance,
  { sessions: { manager }, clock = systemClock }: StandaloneSessionOptions,
): void {
  fastify.addHook('onResponse', ({ session }, _reply, done) => {
    done();
    if (session && isDue(session, clock.now())) manager.touch(session.sessionId).catch(() => false);
  });
}

function isDue({ activity }: ActiveSession, now: number): boolean {
  if (!activity) return false;
  const { lastSeenAt, idleExpiresAt } = activity;
  return now - lastSeenAt >= touchIntervalMs(idleExpiresAt - lastSeenAt);
}
