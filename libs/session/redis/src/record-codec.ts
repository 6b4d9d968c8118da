import {
  StoreUnavailableError,
  type LiveSession,
  type NewSession,
  type SessionRecord,
  type VersionedData,
} from '@holdfast/session-core';

type Identity = Pick<SessionRecord, 'sessionId' | 'userId' | 'roles' | 'acr' | 'client'>;

/** The body of a record: what no script needs to look into. */
export function encodeBody({ sessionId, userId, roles, acr, client }: NewSession): string {
  return JSON.stringify({ sessionId, userId, roles, acr, client } satisfies Identity);
}

/** A record as the scripts keep it: one clear line, then the body. */
export function decodeRecord(raw: string): SessionRecord {
  const [head, body] = splitLine(raw);
  const [createdAt, expiresAt, idleTimeoutMs, authTimeAt] = head.split(' ').slice(2).map(Number);
  if (!createdAt || !expiresAt || !idleTimeoutMs || !authTimeAt) throw unreadable();
  const identity = parse(body) as Identity;
  return { ...identity, idleTimeoutMs, authTimeAt, createdAt, expiresAt };
}

/** A live session: its record and when it was last active. */
export function decodeLive(lastSeen = '', raw = ''): LiveSession {
  const record = decodeRecord(raw);
  const lastSeenAt = Number(lastSeen);
  const idleExpiresAt = Math.min(lastSeenAt + record.idleTimeoutMs, record.expiresAt);
  return { state: 'live', record, lastSeenAt, idleExpiresAt };
}

/** A namespace as the scripts keep it: its version, then the value as JSON (nothing: never written). */
export function decodeHeld(held = ''): VersionedData {
  const [version, json] = splitLine(held);
  return { version: Number(version), value: json === '' ? undefined : parse(json) };
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
