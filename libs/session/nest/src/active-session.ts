import type { LiveSession, SessionRecord } from '@holdfast/session-core';
import type {} from 'fastify';
import type { AccessTokenClaims } from './access-token-claims.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller's live session; `undefined` without one, and where nobody looked (a public route). */
    session: ActiveSession | undefined;
  }
}

/** Who is calling, as a route sees it: what counts is the lesser of token and record. */
export interface ActiveSession {
  readonly sessionId: string;
  readonly userId: string;
  /** Roles that both the token and the record grant. */
  readonly roles: readonly string[];
  /** Authentication context class: 0 = guest, 1 = password, 2 = with a second factor, or stepped up. */
  readonly acr: number;
  /** When the user last proved who they are, epoch milliseconds. */
  readonly authTimeAt: number;
  /** When the user last stepped up in this session, epoch milliseconds. Absent before; signing in does not count. */
  readonly steppedUpAt?: number;
  /** The identity record as the store has it. */
  readonly record: SessionRecord;
  /** Epoch milliseconds of the store's clock. */
  readonly lastSeenAt: number;
  /** When it ends if nothing touches it, epoch milliseconds. */
  readonly idleExpiresAt: number;
}

/**
 * Joins a verified token with its live record. Roles are the intersection, level and times the minimum, a step-up
 * counts only if both know of it: a promotion needs a new token, a demotion holds at once.
 */
export function activeSession(claims: AccessTokenClaims, { record, ...live }: LiveSession): ActiveSession {
  const steppedUpAt = lesser(claims.steppedUpAt, record.steppedUpAt);
  return {
    sessionId: record.sessionId,
    userId: record.userId,
    roles: claims.roles.filter((role) => record.roles.includes(role)),
    acr: Math.min(claims.acr, record.acr),
    authTimeAt: Math.min(claims.authTimeAt, record.authTimeAt),
    ...(steppedUpAt !== undefined && { steppedUpAt }),
    record,
    lastSeenAt: live.lastSeenAt,
    idleExpiresAt: live.idleExpiresAt,
  };
}

function lesser(ofToken: number | undefined, ofRecord: number | undefined): number | undefined {
  return ofToken === undefined || ofRecord === undefined ? undefined : Math.min(ofToken, ofRecord);
}
