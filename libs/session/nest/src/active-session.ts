import { touchIntervalMs, type CarriedLookup, type LiveSession } from '@holdfast/session-core';
import type {} from 'fastify';
import type { AccessTokenClaims } from './access-token-claims.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's live session; `undefined` without one, and where nobody looked (a public route). */
    session: ActiveSession | undefined;
  }
}

/**
 * Who is calling, as a route sees it, whatever the strategy. Where there is a record, what counts is the lesser of token
 * and record; where there is none (strategy `token`), the token is all there is.
 */
export interface ActiveSession {
  readonly sessionId: string;
  readonly userId: string;
  /** The client that the token was issued to (`client_id`). */
  readonly clientId: string;
  /** Roles that both the token and the record grant. */
  readonly roles: readonly string[];
  /** Whether it began without an account: no token makes a guest a user. */
  readonly isGuest: boolean;
  /** Authentication context class: 0 = guest, 1 = password, 2 = with a second factor, or stepped up. */
  readonly acr: number;
  /** When the user last proved who they are, epoch milliseconds. */
  readonly authTimeAt: number;
  /** When the user last stepped up in this session, epoch milliseconds. Absent before; signing in does not count. */
  readonly steppedUpAt?: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** The absolute deadline, epoch milliseconds. */
  readonly expiresAt: number;
  /** Whether what a browser keeps of it outlives its closing. */
  readonly rememberMe: boolean;
  /** The user's epoch at the begin, as `SessionRecord.epoch`. */
  readonly epoch: number;
  /** When somebody was last there. Absent where nobody notes it: such a session knows no idleness. */
  readonly activity?: SessionActivity;
}

/** Activity as a store knows it. */
export interface SessionActivity {
  /** Epoch milliseconds of the store's clock. */
  readonly lastSeenAt: number;
  /** When it ends if nothing touches it, epoch milliseconds. */
  readonly idleExpiresAt: number;
  /** From when on it is worth noting again that somebody is there, epoch milliseconds. */
  readonly touchDueAt: number;
}

const GUEST = 'guest';

/**
 * Joins a verified token with its live record. Roles are the intersection, level and times the minimum, a step-up
 * counts only if both know of it: a promotion needs a new token, a demotion holds at once. Without a record the token
 * says all of it.
 */
export function activeSession(claims: AccessTokenClaims, found: LiveSession | CarriedLookup): ActiveSession {
  if (found.state === 'carried') return { ...ofToken(claims), ...found.lifetime };
  const { record, lastSeenAt, idleExpiresAt } = found;
  const { steppedUpAt: _ofToken, ...own } = ofToken(claims);
  const steppedUpAt = lesser(claims.steppedUpAt, record.steppedUpAt);
  const { createdAt, expiresAt, epoch, rememberMe = false } = record;
  return {
    ...own,
    roles: claims.roles.filter((role) => record.roles.includes(role)),
    isGuest: record.roles.includes(GUEST),
    acr: Math.min(claims.acr, record.acr),
    authTimeAt: Math.min(claims.authTimeAt, record.authTimeAt),
    ...(steppedUpAt !== undefined && { steppedUpAt }),
    ...{ createdAt, expiresAt, epoch, rememberMe },
    activity: {
      ...{ lastSeenAt, idleExpiresAt },
      touchDueAt: lastSeenAt + touchIntervalMs(idleExpiresAt - lastSeenAt),
    },
  };
}

function ofToken({ sessionId, userId, clientId, roles, acr, authTimeAt, steppedUpAt }: AccessTokenClaims) {
  const said = { sessionId, userId, clientId, roles, isGuest: roles.includes(GUEST), acr, authTimeAt };
  return { ...said, ...(steppedUpAt !== undefined && { steppedUpAt }) };
}

function lesser(ofToken: number | undefined, ofRecord: number | undefined): number | undefined {
  return ofToken === undefined || ofRecord === undefined ? undefined : Math.min(ofToken, ofRecord);
}
