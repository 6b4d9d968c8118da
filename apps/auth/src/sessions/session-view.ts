import type { platformSessionListSchema, sessionListSchema, sessionViewSchema } from '@holdfast/contracts';
import type { EndedDevice, ListedSession, SessionData, SessionRecord } from '@holdfast/session-core';
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
  readonly live: readonly ListedSession[];
  readonly ended: readonly EndedDevice[];
}

/** `GET /auth/sessions`. */
export function sessionList({ live, ended }: Devices, currentId?: string): z.infer<typeof sessionListSchema> {
  return { sessions: live.map((session) => signedIn(session, currentId)), ended: endedList(ended) };
}

/** What an administrator is told besides the list: how sessions are kept, and what their tokens say. */
export interface Inspection {
  readonly strategy: z.infer<typeof platformSessionListSchema>['strategy'];
  readonly claimsAbout: (record: SessionRecord) => Readonly<Record<string, unknown>>;
}

/** `GET /platform/sessions`. Nothing of a credential is in it, not even its hash. */
export function platformSessionList(
  { live, ended }: Devices,
  { strategy, claimsAbout }: Inspection,
): z.infer<typeof platformSessionListSchema> {
  const inspected = ({ record, idleExpiresAt, generation }: ListedSession) => ({
    transport: record.cookie ? ('cookie' as const) : ('bearer' as const),
    acr: record.acr,
    roles: [...record.roles],
    authTimeAt: time(record.authTimeAt),
    ...(record.steppedUpAt !== undefined && { steppedUpAt: time(record.steppedUpAt) }),
    idleExpiresAt: time(idleExpiresAt),
    version: record.version,
    ...(generation !== undefined && { generation }),
    epoch: record.epoch,
    rolesVersion: record.authzVersion,
    claims: { ...claimsAbout(record) },
  });
  return {
    strategy,
    sessions: live.map((session) => ({ ...signedIn(session), ...inspected(session) })),
    ended: endedList(ended),
  };
}

function signedIn({ record, lastSeenAt }: ListedSession, currentId?: string) {
  return {
    id: record.sessionId,
    current: record.sessionId === currentId,
    createdAt: time(record.createdAt),
    lastSeenAt: time(lastSeenAt),
    expiresAt: time(record.expiresAt),
    ...record.client,
  };
}

function endedList(ended: readonly EndedDevice[]): z.infer<typeof sessionListSchema>['ended'] {
  return ended.map(({ sessionId, client, createdAt, because, endedAt }) => ({
    id: sessionId,
    createdAt: time(createdAt),
    ...client,
    endedBecause: because,
    endedAt: time(endedAt),
  }));
}
