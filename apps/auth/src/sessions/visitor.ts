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

/** @param session - what `@OptionalSession()` gave */
export function visitorOf(
  { ip, headers }: Pick<FastifyRequest, 'ip' | 'headers'>,
  session: ActiveSession | undefined,
): Visitor {
  return { client: { ip, userAgent: headers['user-agent'] ?? '' }, session };
}
