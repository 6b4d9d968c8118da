import { randomUUID } from 'node:crypto';
import {
  amendRecord,
  beginRecord,
  type Amendment,
  type AmendOutcome,
  type BeginOutcome,
  type ClaimOutcome,
  type EndOptions,
  type EndReason,
  type EndedDevice,
  type LiveSession,
  type NewSession,
  type PresentedRefresh,
  type RotateOutcome,
  type RotationSecret,
  type SessionIds,
  type SessionLookup,
  type SessionStore,
  type VersionedData,
  type WriteOutcome,
} from '@holdfast/session-core';
import type { Redis } from './create-redis.js';
import { GroupedWriter } from './grouped-writer.js';
import type { LuaScript, ScriptReply } from './lua-script.js';
import { withPatience } from './patience.js';
import { decodeDevice, encodeBody } from './record-codec.js';
import {
  decodeAmended,
  decodeBegun,
  decodeClaim,
  decodeData,
  decodeFound,
  decodeList,
  decodeRotated,
  decodeWritten,
  sessionIdOf,
} from './reply-codec.js';
import {
  AMEND,
  BEGIN,
  CLAIM_PARCEL,
  DROP_PARCEL,
  END,
  END_ALL,
  EPOCH,
  LIST,
  LIST_ENDED,
  PEEK_REFRESH,
  RAISE_EPOCH,
  READ,
  READ_DATA,
  ROTATE,
  TOUCH,
  WRITE_DATA,
} from './session-scripts.js';

/** How a `RedisSessionStore` is made. */
export interface RedisSessionStoreOptions {
  /** A connection of role `read`. `close()` ends it. */
  readonly read: Redis;
  /** A connection of role `write`, used by nobody else. `close()` ends it. */
  readonly write: Redis;
  readonly ids: SessionIds;
  /** `replicated`: a write is answered when a replica has it; without a replica, writes are refused. `local`: when the primary has it. */
  readonly durability: 'replicated' | 'local';
  /** How long an ended session can say why, in milliseconds. */
  readonly tombstoneMs: number;
  /** How long a replica has to acknowledge a group of writes, in milliseconds. Default 100. */
  readonly waitTimeoutMs?: number;
  /** How long an operation is repeated while the store is away, in milliseconds. Default 3,000. */
  readonly patienceMs?: number;
}

/** Where a session is kept. */
interface Place {
  /** Key of the user's index. */
  readonly index: string;
  readonly name: string;
}

/**
 * Sessions in Redis. Each method is one script, so one atomic step; all keys of a user share a slot.
 * Ids that we did not mint are answered without asking Redis.
 */
export class RedisSessionStore implements SessionStore {
  readonly #read: Redis;
  readonly #write: Redis;
  readonly #ids: SessionIds;
  readonly #writer: GroupedWriter;
  readonly #tombstoneMs: string;
  readonly #patienceMs: number;

  constructor(options: RedisSessionStoreOptions) {
    const { tombstoneMs, waitTimeoutMs = 100, patienceMs = 3_000 } = options;
    if (!Number.isSafeInteger(tombstoneMs) || tombstoneMs < 1)
      throw new TypeError('tombstoneMs must be at least 1.');
    this.#read = options.read;
    this.#write = options.write;
    this.#ids = options.ids;
    this.#tombstoneMs = String(tombstoneMs);
    this.#patienceMs = patienceMs;
    this.#writer = new GroupedWriter(options.write, {
      replicated: options.durability === 'replicated',
      waitTimeoutMs,
    });
  }

  async epoch(userId: string): Promise<number> {
    const [epoch] = await this.#ask(EPOCH, { index: this.#indexOf(userId), name: '' });
    return Number(epoch);
  }

  async raiseEpoch(userId: string): Promise<void> {
    await this.#change(RAISE_EPOCH, { index: this.#indexOf(userId), name: '' }, [randomUUID()]);
  }

  async begin(
    session: NewSession,
    firstSecret: RotationSecret | undefined,
    limit: number,
  ): Promise<BeginOutcome> {
    const place = this.#place(session.sessionId);
    if (!place) throw new TypeError('The session id was not minted with these keys.');
    const begun = await this.#change(BEGIN, place, [
      String(session.epoch),
      String(session.idleTimeoutMs),
      String(session.absoluteTimeoutMs),
      String(limit),
      encodeBody(beginRecord(session, 0)),
      firstSecret?.hash ?? '',
      firstSecret?.keyId ?? '',
    ]);
    return decodeBegun(begun);
  }

  async read(sessionId: string): Promise<SessionLookup> {
    const place = this.#place(sessionId);
    return place ? decodeFound(await this.#ask(READ, place)) : { state: 'absent' };
  }

  async rotate(
    presented: PresentedRefresh,
    successor: RotationSecret,
    windowMs: number,
  ): Promise<RotateOutcome> {
    const place = this.#place(presented.sessionId);
    if (!place) return { outcome: 'refused' };
    const rotated = await this.#change(ROTATE, place, [
      randomUUID(),
      String(presented.generation),
      presented.hash,
      successor.hash,
      successor.keyId,
      String(windowMs),
    ]);
    return decodeRotated(rotated);
  }

  async peekRefresh({ sessionId, generation, hash }: PresentedRefresh): Promise<LiveSession | undefined> {
    const place = this.#place(sessionId);
    const peeked = place && decodeFound(await this.#ask(PEEK_REFRESH, place, [String(generation), hash]));
    return peeked?.state === 'live' ? peeked : undefined;
  }

  async amend(sessionId: string, expectedVersion: number, amendment: Amendment): Promise<AmendOutcome> {
    const place = this.#place(sessionId);
    const found = await this.read(sessionId);
    if (!place || found.state === 'absent') return { outcome: 'absent' };
    if (found.state === 'ended') return { outcome: 'ended', ended: found };
    if (found.record.version !== expectedVersion) return { outcome: 'conflict', session: found };
    // The body is made here and the times there: the script writes both, or neither if the version is another.
    const { stepUp, cookieHash, previousForMs = 0, refresh } = amendment;
    const amended = await this.#change(AMEND, place, [
      randomUUID(),
      String(expectedVersion),
      encodeBody(amendRecord(found.record, amendment, 0)),
      stepUp ? 'stepUp' : '',
      cookieHash === undefined ? '' : String(previousForMs),
      refresh?.hash ?? '',
      refresh?.keyId ?? '',
    ]);
    return decodeAmended(amended);
  }

  async touch(sessionId: string): Promise<boolean> {
    const place = this.#place(sessionId);
    // Not worth a replica's acknowledgement: a lost touch costs a minute of idleness at most.
    return place !== undefined && (await this.#ask(TOUCH, place))[0] === 'live';
  }

  async end(sessionId: string, because: EndReason, { keepData = false }: EndOptions = {}): Promise<boolean> {
    const place = this.#place(sessionId);
    if (!place) return false;
    const args = [randomUUID(), because, keepData ? 'keepData' : ''];
    return (await this.#change(END, place, args))[0] === 'done';
  }

  async endAll(userId: string, because: EndReason, keepSessionId = ''): Promise<readonly string[]> {
    const place = { index: this.#indexOf(userId), name: this.#ids.parse(keepSessionId)?.name ?? '' };
    const [, ...ended] = await this.#change(END_ALL, place, [randomUUID(), because]);
    return ended.map(sessionIdOf);
  }

  async list(userId: string): Promise<readonly LiveSession[]> {
    return decodeList(await this.#ask(LIST, { index: this.#indexOf(userId), name: '' }));
  }

  async listEnded(userId: string): Promise<readonly EndedDevice[]> {
    const reply = await this.#ask(LIST_ENDED, { index: this.#indexOf(userId), name: '' });
    return reply.flatMap((raw) => decodeDevice(raw) ?? []);
  }

  async claimParcel(sessionId: string, claimantId: string, leaseMs: number): Promise<ClaimOutcome> {
    const place = this.#place(sessionId);
    if (!place) return { outcome: 'none' };
    const claimed = await this.#change(CLAIM_PARCEL, place, [claimantId, String(leaseMs)]);
    return decodeClaim(claimed, claimantId);
  }

  async dropParcel(sessionId: string, claimantId: string): Promise<boolean> {
    const place = this.#place(sessionId);
    return place !== undefined && (await this.#change(DROP_PARCEL, place, [claimantId]))[0] === 'done';
  }

  async readData(sessionId: string): Promise<Readonly<Record<string, VersionedData>> | undefined> {
    const place = this.#place(sessionId);
    const [state, ...rest] = place ? await this.#ask(READ_DATA, place) : ['absent'];
    if (state !== 'live') return undefined;
    return decodeData(rest);
  }

  async writeData(
    sessionId: string,
    namespace: string,
    expectedVersion: number,
    json: string,
  ): Promise<WriteOutcome> {
    const place = this.#place(sessionId);
    if (!place) return { outcome: 'absent' };
    const args = [randomUUID(), namespace, String(expectedVersion), json];
    return decodeWritten(await this.#change(WRITE_DATA, place, args));
  }

  async close(): Promise<void> {
    await this.#writer.settled();
    await Promise.all([this.#read, this.#write].map(hangUp));
  }

  /** One command, through the reading connection. */
  #ask(script: LuaScript, place: Place, args: readonly string[] = []): Promise<ScriptReply> {
    const all = [place.name, this.#tombstoneMs, ...args];
    return withPatience(this.#patienceMs, () => script.run(this.#read, place.index, all));
  }

  /** One durable write. Repeated with the same arguments, so that a repetition is known as one. */
  #change(script: LuaScript, place: Place, args: readonly string[]): Promise<ScriptReply> {
    const all = [place.name, this.#tombstoneMs, ...args];
    return withPatience(this.#patienceMs, () => this.#writer.write(script, place.index, all));
  }

  #place(sessionId: string): Place | undefined {
    const id = this.#ids.parse(sessionId);
    return id && { index: indexKey(id.userTag), name: id.name };
  }

  #indexOf(userId: string): string {
    return indexKey(this.#ids.userTag(userId));
  }
}

function indexKey(userTag: string): string {
  return `hf:{${userTag}}:i`;
}

async function hangUp(redis: Redis): Promise<void> {
  await redis.quit().catch(() => redis.disconnect());
}
