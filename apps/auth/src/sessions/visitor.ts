import type { SessionClient } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import type { FastifyRequest } from 'fastify';

/** Who is at the door. */
export interface Visitor {
  /** For the device list. The address is the one that the gateway saw. */
  readonly client: SessionClient;
  /** The live session that came along, if any: a new one replaces it. */
  readonly session: ActiveSession | undefined;
}

/** What the session hook found out, as far as it matters here. */
interface Looked {
  readonly credential?: { readonly kind: string; readonly cause?: unknown } | undefined;
}

/**
 * @param session - what `@OptionalSession()` gave
 * @throws what the store rejected with, if it could not say whether a session came along: a guest's data must not be
 *   left behind because of that
 */
export function visitorOf(
  { ip, headers, credential }: Pick<FastifyRequest, 'ip' | 'headers'> & Looked,
  session: ActiveSession | undefined,
): Visitor {
  if (credential?.kind === 'unavailable') throw credential.cause;
  return { client: { ip, userAgent: headers['user-agent'] ?? '' }, session };
}
