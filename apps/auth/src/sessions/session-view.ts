import type { sessionListSchema, sessionViewSchema } from '@holdfast/contracts';
import type { EndedDevice, LiveSession, SessionData } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import type { z } from 'zod';

const time = (at: number): string => new Date(at).toISOString();

/** `GET /auth/session`. */
export function sessionView(session: ActiveSession, data: SessionData): z.infer<typeof sessionViewSchema> {
  const { sessionId, userId, createdAt, expiresAt, activity, acr, roles } = session;
  return {
    id: sessionId,
    userId,
    createdAt: time(createdAt),
    ...(activity && {
      lastSeenAt: time(activity.lastSeenAt),
      idleExpiresAt: time(activity.idleExpiresAt),
    }),
    expiresAt: time(expiresAt),
    acr,
    roles: [...roles],
    data,
  };
}

/** A user's devices: those that are signed in, and what lately became of the others. */
export interface Devices {
  readonly live: readonly LiveSession[];
  readonly ended: readonly EndedDevice[];
}

/** `GET /auth/sessions`, and the same for an administrator, to whom none is the current one. */
export function sessionList({ live, ended }: Devices, currentId?: string): z.infer<typeof sessionListSchema> {
  return {
    sessions: live.map(({ record, lastSeenAt }) => ({
      id: record.sessionId,
      current: record.sessionId === currentId,
      createdAt: time(record.createdAt),
      lastSeenAt: time(lastSeenAt),
      expiresAt: time(record.expiresAt),
      ...record.client,
    })),
    ended: ended.map(({ sessionId, client, createdAt, because, endedAt }) => ({
      id: sessionId,
      createdAt: time(createdAt),
      ...client,
      endedBecause: because,
      endedAt: time(endedAt),
    })),
  };
}
