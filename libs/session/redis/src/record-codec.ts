import {
  show,
  StoreUnavailableError,
  type EndReason,
  type EndedDevice,
  type LiveSession,
  type PreviousCookie,
  type SessionRecord,
  type VersionedData,
} from '@holdfast/session-core';

/** What no script needs to look into. The times of the previous cookie are the store's: they stand in the clear line. */
interface Body extends Pick<
  SessionRecord,
  'sessionId' | 'userId' | 'roles' | 'acr' | 'client' | 'rememberMe'
> {
  readonly cookie?: { readonly hash: string; readonly previous?: Pick<PreviousCookie, 'hash' | 'acr'> };
}

/** The body of a record. */
export function encodeBody(record: Body): string {
  const { sessionId, userId, roles, acr, client, rememberMe, cookie } = record;
  const previous = cookie?.previous && { hash: cookie.previous.hash, acr: cookie.previous.acr };
  const cookies = cookie && { hash: cookie.hash, previous };
  return JSON.stringify({
    sessionId,
    userId,
    roles,
    acr,
    client,
    rememberMe,
    cookie: cookies,
  } satisfies Body);
}

/** A record as the scripts keep it: one clear line (see `PRELUDE`), then the body. */
export function decodeRecord(raw: string): SessionRecord {
  const [head, json] = splitLine(raw);
  const [createdAt, expiresAt, idleTimeoutMs, authTimeAt, ...later] = head.split(' ').slice(2).map(Number);
  if (!createdAt || !expiresAt || !idleTimeoutMs || !authTimeAt) throw unreadable();
  const [version = 1, steppedUpAt = 0, ...before] = later;
  const { cookie, ...identity } = parse(json) as Body;
  return {
    ...identity,
    idleTimeoutMs,
    version,
    authTimeAt,
    ...(steppedUpAt && { steppedUpAt }),
    ...(cookie && { cookie: decodeCookie(cookie, before) }),
    createdAt,
    expiresAt,
  };
}

/** A live session: its record, when it was last active, and what of it counts now. */
export function decodeLive([lastSeen, now, raw = '']: readonly (string | undefined)[]): LiveSession {
  return show(decodeRecord(raw), Number(lastSeen), Number(now));
}

/** A tombstone as the device list shows it; `undefined` if it has no body. */
export function decodeDevice(raw: string): EndedDevice | undefined {
  const [head, json] = splitLine(raw);
  const [because, endedAt, createdAt] = head.split(' ').slice(2);
  if (json === '') return undefined;
  const { sessionId, client } = parse(json) as Body;
  const times = { createdAt: Number(createdAt), endedAt: Number(endedAt) };
  return { sessionId, client, because: because as EndReason, ...times };
}

/** A namespace as the scripts keep it: its version, then the value as JSON (nothing: never written). */
export function decodeHeld(held = ''): VersionedData {
  const [version, json] = splitLine(held);
  return { version: Number(version), value: json === '' ? undefined : parse(json) };
}

function decodeCookie(
  { hash, previous }: NonNullable<Body['cookie']>,
  [untilAt = 0, authTimeAt = 0, steppedUpAt = 0]: readonly number[],
): NonNullable<SessionRecord['cookie']> {
  if (!previous) return { hash };
  return { hash, previous: { ...previous, untilAt, authTimeAt, ...(steppedUpAt && { steppedUpAt }) } };
}

function splitLine(raw: string): [string, string] {
  const at = raw.indexOf('\n');
  return at < 0 ? [raw, ''] : [raw.slice(0, at), raw.slice(at + 1)];
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw unreadable(); // without a cause: its message would quote what is stored
  }
}

function unreadable(): StoreUnavailableError {
  return new StoreUnavailableError('The store holds something unreadable.');
}
