import type { EndedSession, LiveSession, NewSession, PreviousCookie, SessionRecord } from './session.js';
import { isSameHash } from './session-cookies.js';
import type { Amendment } from './session-store.js';

const LONGEST_TOUCH_INTERVAL_MS = 60_000;

/**
 * How seldom activity is noted: a session is touched at most once in this time. Idleness is judged with as much
 * patience, so that it ends nobody early.
 *
 * @returns milliseconds: a quarter of the idle timeout, 60 seconds at most
 */
export function touchIntervalMs(idleTimeoutMs: number): number {
  return Math.min(LONGEST_TOUCH_INTERVAL_MS, Math.floor(idleTimeoutMs / 4));
}

/** When a session ends if nothing touches it: a pause too long, but never after the absolute deadline. */
export function idleDeadline(record: SessionRecord, lastSeenAt: number): number {
  return Math.min(lastSeenAt + record.idleTimeoutMs, record.expiresAt);
}

/** A live session, as a store at `now` shows it: its previous cookie only while that is good. */
export function show(record: SessionRecord, lastSeenAt: number, now: number): LiveSession {
  const { cookie } = record;
  const isSpent = cookie?.previous !== undefined && now > cookie.previous.untilAt;
  const shown = isSpent ? { ...record, cookie: { hash: cookie.hash } } : record;
  return { state: 'live', record: shown, lastSeenAt, idleExpiresAt: idleDeadline(record, lastSeenAt) };
}

/** Until when `judge` answers with this very session: until it is over, or its previous cookie is spent. */
export function unchangedUntil({ record, lastSeenAt }: LiveSession): number {
  return Math.min(overAtOf(record, lastSeenAt), record.cookie?.previous?.untilAt ?? Infinity);
}

/** Whether a session still is live at `now`; if not, it ended when it was over and not when somebody noticed. */
export function judge(record: SessionRecord, lastSeenAt: number, now: number): LiveSession | EndedSession {
  const overAt = overAtOf(record, lastSeenAt);
  if (now < overAt) return show(record, lastSeenAt, now);
  return { state: 'ended', because: overAt === record.expiresAt ? 'expired' : 'idle', endedAt: overAt };
}

function overAtOf({ idleTimeoutMs, expiresAt }: SessionRecord, lastSeenAt: number): number {
  return Math.min(lastSeenAt + idleTimeoutMs + touchIntervalMs(idleTimeoutMs), expiresAt);
}

/** The record of a session that begins at `now`. */
export function beginRecord(session: NewSession, now: number): SessionRecord {
  const { absoluteTimeoutMs, cookieHash, authzVersion = 0, ...rest } = session;
  const times = { authTimeAt: now, createdAt: now, expiresAt: now + absoluteTimeoutMs };
  const cookie = cookieHash === undefined ? {} : { cookie: { hash: cookieHash } };
  return { ...rest, authzVersion, ...cookie, version: 1, ...times };
}

/** The record after an amendment at `now`. */
export function amendRecord(record: SessionRecord, amendment: Amendment, now: number): SessionRecord {
  const { roles = record.roles, authzVersion = record.authzVersion, acr = record.acr } = amendment;
  const { stepUp, cookieHash, previousForMs = 0 } = amendment;
  const previous = record.cookie && previousCookie(record, record.cookie.hash, now + previousForMs);
  return {
    ...record,
    roles: [...roles],
    authzVersion,
    acr,
    version: record.version + 1,
    ...(stepUp && { authTimeAt: now, steppedUpAt: now }),
    ...(cookieHash !== undefined && { cookie: { hash: cookieHash, ...(previous && { previous }) } }),
  };
}

/**
 * A session as one of its cookies sees it: the current one as it is, the previous one as what it was. Nothing of what
 * a step-up raised gets into what was out before it.
 *
 * @returns `undefined` if the hash is of neither
 */
export function asSeenBy(session: LiveSession, cookieHash: string): LiveSession | undefined {
  const { record } = session;
  if (!record.cookie) return undefined;
  if (isSameHash(record.cookie.hash, cookieHash)) return session;
  const { previous } = record.cookie;
  if (!previous || !isSameHash(previous.hash, cookieHash)) return undefined;
  const { steppedUpAt: _raised, ...rest } = record;
  const { steppedUpAt } = previous;
  const seen = {
    ...rest,
    acr: Math.min(record.acr, previous.acr),
    authTimeAt: Math.min(record.authTimeAt, previous.authTimeAt),
    ...(steppedUpAt !== undefined && { steppedUpAt }),
  };
  return { ...session, record: seen };
}

function previousCookie(
  { acr, authTimeAt, steppedUpAt }: SessionRecord,
  hash: string,
  untilAt: number,
): PreviousCookie {
  return { hash, untilAt, acr, authTimeAt, ...(steppedUpAt !== undefined && { steppedUpAt }) };
}
