import type { EndedSession, SessionRecord } from '@holdfast/session-core';
import type { CarryingSession } from './carrier.js';
import type { CarriedSession } from './credentials.js';

/** A browser's session has cookies; of these nobody keeps a hash. */
export const NO_HASH = '';

/** What of a record goes into a credential. */
export function carriedOf(record: SessionRecord): CarriedSession {
  const { sessionId, userId, acr, authTimeAt, steppedUpAt, createdAt, expiresAt, epoch } = record;
  return {
    ...{ sessionId, userId, acr, authTimeAt, createdAt, expiresAt, epoch },
    isGuest: record.roles.includes('guest'),
    rememberMe: record.rememberMe === true,
    ...(steppedUpAt !== undefined && { steppedUpAt }),
  };
}

/** What is over by its absolute deadline. */
export function expired({ expiresAt }: { readonly expiresAt: number }): EndedSession {
  return { state: 'ended', because: 'expired', endedAt: expiresAt };
}

/** A record that nobody keeps, for who reads sessions. */
export function recordOf(
  session: CarriedSession,
  roles: readonly string[],
  isBrowser: boolean,
): SessionRecord {
  const { sessionId, userId, acr, authTimeAt, steppedUpAt, createdAt, expiresAt, epoch, rememberMe } =
    session;
  return {
    ...{ sessionId, userId, roles, acr, authTimeAt, createdAt, expiresAt, epoch },
    client: { ip: '', userAgent: '' },
    authzVersion: 0,
    idleTimeoutMs: expiresAt - createdAt,
    version: 1,
    ...(steppedUpAt !== undefined && { steppedUpAt }),
    ...(isBrowser && { cookie: { hash: NO_HASH } }),
    ...(rememberMe && { rememberMe: true as const }),
  };
}

/** A session that has just begun, as its next request would carry it. */
export function carrying(record: SessionRecord): CarryingSession {
  return { ...carriedOf(record), roles: record.roles, isBrowser: record.cookie !== undefined };
}
