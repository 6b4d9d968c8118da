import type { sessionListSchema, sessionViewSchema } from '@holdfast/contracts';
import type { LiveSession, SessionData } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import type { z } from 'zod';

const time = (at: number): string => new Date(at).toISOString();

/** `GET /auth/session`. */
export function sessionView(session: ActiveSession, data: SessionData): z.infer<typeof sessionViewSchema> {
  const { sessionId, userId, record, lastSeenAt, idleExpiresAt, acr, roles } = session;
  return {
    id: sessionId,
    userId,
    createdAt: time(record.createdAt),
    lastSeenAt: time(lastSeenAt),
    idleExpiresAt: time(idleExpiresAt),
    expiresAt: time(record.expiresAt),
    acr,
    roles: [...roles],
    data,
  };
}

/** `GET /auth/sessions`. */
export function sessionList(
  sessions: readonly LiveSession[],
  currentId: string,
): z.infer<typeof sessionListSchema> {
  const listed = sessions.map(({ record, lastSeenAt }) => ({
    id: record.sessionId,
    current: record.sessionId === currentId,
    createdAt: time(record.createdAt),
    lastSeenAt: time(lastSeenAt),
    expiresAt: time(record.expiresAt),
    ...record.client,
  }));
  return { sessions: listed };
}
