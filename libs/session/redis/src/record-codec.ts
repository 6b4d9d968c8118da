import {
  show,
  StoreUnavailableError,
  type EndReason,
  type EndedDevice,
  type LiveSession,
  type Sealing,
  type SessionIds,
  type SessionRecord,
} from '@holdfast/session-core';
import { bindingOf, type Place } from './place.js';
import { decodeBody, encodeBody, type SessionBody } from './session-body.js';

const BASE = 36;

/** What is stored was sealed with a key that is not here, was changed, or belongs elsewhere. */
export class UnreadableValueError extends StoreUnavailableError {
  constructor(why: string) {
    super(`The store holds something unreadable: ${why}`);
  }
}

/**
 * Records as the scripts keep them, one byte a character: the header in the clear, a line break, the sealed body. The
 * header of a live session is `2 live created absolute idle epoch version auth steppedUp cookieUntil cookieAuth
 * cookieSteppedUp`, in base 36, which is shorter: times in epoch milliseconds (auth 0: at the begin; else 0: never), the
 * last three those of the cookie before the current one; zeros at its end are left out. A tombstone is `2 ended because endedAt`, a line break,
 * and what was there before, if anything.
 */
export class RecordCodec {
  constructor(
    private readonly ids: SessionIds,
    private readonly sealing: Sealing,
  ) {}

  /** What a live session is stored as. */
  encode(record: SessionRecord, place: Place): string {
    const header = headerOf(record);
    const body = encodeBody(this.ids, bodyOf(record));
    const sealed = this.sealing.seal(bindingOf('s', place, header), body);
    return `${header}\n${sealed.toString('latin1')}`;
  }

  /** A live session out of an answer: when it was last active, the store's now, its name, its record. */
  live(userTag: string, [seen, now, name = '', raw = '']: readonly string[]): LiveSession {
    return show(this.decode({ userTag, name }, raw), Number(seen), Number(now));
  }

  /** A tombstone as the device list shows it; `undefined` if there was nothing before it, or nothing that opens. */
  device(place: Place, tombstone: string): EndedDevice | undefined {
    const [head, raw] = splitLine(tombstone);
    const [, , because, endedAt] = head.split(' ');
    const record = raw === '' ? undefined : this.#readable(place, raw);
    if (!record) return undefined;
    const { sessionId, client, createdAt } = record;
    return { sessionId, client, createdAt, because: because as EndReason, endedAt: Number(endedAt) };
  }

  /** The id in a record; `undefined` if it does not open. */
  sessionId(place: Place, raw: string): string | undefined {
    return this.#readable(place, raw)?.sessionId;
  }

  /** @throws UnreadableValueError */
  decode(place: Place, raw: string): SessionRecord {
    const [header, sealed] = splitLine(raw);
    const opened = this.sealing.open(bindingOf('s', place, header), Buffer.from(sealed, 'latin1'));
    if (opened.state === 'unknown-key') throw new UnreadableValueError(`its key ${opened.keyId} is not here`);
    if (opened.state === 'broken') throw new UnreadableValueError('it was changed, or moved');
    return recordOf(header, decodeBody(this.ids, place.userTag, opened.clear));
  }

  #readable(place: Place, raw: string): SessionRecord | undefined {
    try {
      return this.decode(place, raw);
    } catch (error) {
      if (error instanceof UnreadableValueError) return undefined;
      throw error;
    }
  }
}

/** The first line, and what follows it. */
export function splitLine(raw: string): [string, string] {
  const at = raw.indexOf('\n');
  return at < 0 ? [raw, ''] : [raw.slice(0, at), raw.slice(at + 1)];
}

function headerOf(record: SessionRecord): string {
  const { createdAt, expiresAt, idleTimeoutMs, epoch, version, authTimeAt, steppedUpAt, cookie } = record;
  const { untilAt = 0, authTimeAt: cookieAuth = 0, steppedUpAt: cookieStep = 0 } = cookie?.previous ?? {};
  const proofs = [
    authTimeAt === createdAt ? 0 : authTimeAt,
    steppedUpAt ?? 0,
    untilAt,
    cookieAuth,
    cookieStep,
  ];
  const fixed = [createdAt, expiresAt - createdAt, idleTimeoutMs, epoch, version];
  const numbers = [...fixed, ...proofs].map((number) => number.toString(BASE));
  return `2 live ${numbers.join(' ')}`.replace(/( 0)+$/, '');
}

function recordOf(header: string, { cookie, ...identity }: SessionBody): SessionRecord {
  const [createdAt = 0, absolute = 0, idleTimeoutMs = 0, epoch = 0, version = 0, ...proofs] = header
    .split(' ')
    .slice(2)
    .map((number) => Number.parseInt(number, BASE));
  const [authTimeAt = 0, steppedUpAt = 0, ...before] = proofs;
  return {
    ...identity,
    epoch,
    idleTimeoutMs,
    version,
    authTimeAt: authTimeAt || createdAt,
    ...(steppedUpAt && { steppedUpAt }),
    ...(cookie && { cookie: cookieOf(cookie, before) }),
    createdAt,
    expiresAt: createdAt + absolute,
  };
}

function cookieOf(
  { hash, previous }: NonNullable<SessionBody['cookie']>,
  [untilAt = 0, authTimeAt = 0, steppedUpAt = 0]: readonly number[],
): NonNullable<SessionRecord['cookie']> {
  if (!previous) return { hash };
  return { hash, previous: { ...previous, untilAt, authTimeAt, ...(steppedUpAt && { steppedUpAt }) } };
}

function bodyOf(record: SessionRecord): SessionBody {
  const { sessionId, userId, roles, authzVersion, acr, client, rememberMe, cookie } = record;
  const previous = cookie?.previous && { hash: cookie.previous.hash, acr: cookie.previous.acr };
  const cookies = cookie && { cookie: { hash: cookie.hash, ...(previous && { previous }) } };
  return {
    sessionId,
    userId,
    roles,
    authzVersion,
    acr,
    client,
    ...(rememberMe && { rememberMe }),
    ...cookies,
  };
}
