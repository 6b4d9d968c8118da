import type { EndedSession, LiveSession, NewSession, SessionRecord } from './session.js';

/** When a session ends if nothing touches it: a pause too long, but never after the absolute deadline. */
export function idleDeadline(record: SessionRecord, lastSeenAt: number): number {
  return Math.min(lastSeenAt + record.idleTimeoutMs, record.expiresAt);
}

/** Whether a session still is live at `now`; if not, it ended at its deadline and not when somebody noticed. */
export function judge(record: SessionRecord, lastSeenAt: number, now: number): LiveSession | EndedSession {
  const idleExpiresAt = idleDeadline(record, lastSeenAt);
  if (now < idleExpiresAt) return { state: 'live', record, lastSeenAt, idleExpiresAt };
  const because = idleExpiresAt === record.expiresAt ? 'expired' : 'idle';
  return { state: 'ended', because, endedAt: idleExpiresAt };
}

/** The record of a session that begins at `now`. */
export function beginRecord(session: NewSession, now: number): SessionRecord {
  const { absoluteTimeoutMs, epoch: _epoch, ...rest } = session;
  return { ...rest, authTimeAt: now, createdAt: now, expiresAt: now + absoluteTimeoutMs };
}
