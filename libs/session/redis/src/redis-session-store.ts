import { randomUUID } from 'node:crypto';
import {
  amendRecord,
  beginRecord,
  type Amendment,
  type AmendOutcome,
  type BeginOutcome,
  type ClaimOutcome,
  type EndAllOptions,
  type EndedAll,
  type EndedDevice,
  type EndOptions,
  type EndReason,
  type ListedSession,
  type LiveSession,
  type NewSession,
  type PresentedRefresh,
  type RotateOutcome,
  type RotationSecret,
  type Sealing,
  type SessionIds,
  type SessionLookup,
  type SessionStore,
  type VersionedData,
  type WriteOutcome,
} from '@holdfast/session-core';
import { DataCodec } from './data-codec.js';
import { placeOf, type Place } from './place.js';
import { RecordCodec } from './record-codec.js';
import { ReplyCodec } from './reply-codec.js';
import { ScriptRunner, type ScriptRunnerOptions } from './script-runner.js';
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
import { StoreClock } from './store-clock.js';

/** How a `RedisSessionStore` is made. */
export interface RedisSessionStoreOptions extends ScriptRunnerOptions {
  readonly ids: SessionIds;
  readonly sealing: Sealing;
}

/**
 * What is kept of a secret's hash: 96 bits. That a token is genuine its MAC says; the hash only tells the generations
 * of one session apart.
 */
const HASH_LENGTH = 16;
const short = (hash: string): string => hash.slice(0, HASH_LENGTH);

/**
 * Sessions in Redis. Each method is one script, so one atomic step; all keys of a user share a slot. What is stored is
 * sealed: the scripts decide by what stands in the clear. Ids that we did not mint are answered without asking Redis.
 */
export class RedisSessionStore implements SessionStore {
  readonly #ids: SessionIds;
  readonly #clock = new StoreClock();
  readonly #scripts: ScriptRunner;
  readonly #records: RecordCodec;
  readonly #data: DataCodec;
  readonly #replies: ReplyCodec;

  constructor({ ids, sealing, ...options }: RedisSessionStoreOptions) {
    this.#ids = ids;
    this.#scripts = new ScriptRunner(options, this.#clock);
    this.#records = new RecordCodec(ids, sealing);
    this.#data = new DataCodec(sealing);
    this.#replies = new ReplyCodec(this.#records, this.#data);
  }

  now(): number {
    return this.#clock.now();
  }

  async epoch(userId: string): Promise<number> {
    const [epoch, now] = await this.#scripts.ask(EPOCH, this.#placeOfUser(userId));
    this.#clock.learn(Number(now));
    return Number(epoch);
  }

  async raiseEpoch(userId: string, epoch?: number): Promise<void> {
    const args = [randomUUID(), epoch === undefined ? '' : String(epoch)];
    await this.#scripts.change(RAISE_EPOCH, this.#placeOfUser(userId), args);
  }

  async begin(
    session: NewSession,
    firstSecret: RotationSecret | undefined,
    limit: number,
  ): Promise<BeginOutcome> {
    const place = placeOf(this.#ids, session.sessionId);
    if (!place) throw new TypeError('The session id was not minted with these keys.');
    const { epoch, idleTimeoutMs, absoluteTimeoutMs } = session;
    const begun = await this.#scripts.changeAt(BEGIN, place, (now) => [
      ...[epoch, idleTimeoutMs, absoluteTimeoutMs, limit, now].map(String),
      this.#records.encode(beginRecord(session, now), place),
      firstSecret ? short(firstSecret.hash) : '',
      firstSecret?.keyId ?? '',
    ]);
    return this.#replies.begun(place, begun);
  }

  async read(sessionId: string): Promise<SessionLookup> {
    const place = placeOf(this.#ids, sessionId);
    if (!place) return { state: 'absent' };
    const reply = await this.#scripts.ask(READ, place);
    if (reply[0] === 'live') this.#clock.learn(Number(reply[2]));
    return this.#replies.found(place, reply);
  }

  rotate(presented: PresentedRefresh, successor: RotationSecret, windowMs: number): Promise<RotateOutcome> {
    return this.#rotate(presented, successor, windowMs, '');
  }

  heal(presented: PresentedRefresh, successor: RotationSecret, windowMs: number): Promise<RotateOutcome> {
    return this.#rotate(presented, successor, windowMs, 'heal');
  }

  async peekRefresh({ sessionId, generation, hash }: PresentedRefresh): Promise<LiveSession | undefined> {
    const place = placeOf(this.#ids, sessionId);
    if (!place) return undefined;
    const reply = await this.#scripts.ask(PEEK_REFRESH, place, [String(generation), short(hash)]);
    const peeked = this.#replies.found(place, reply);
    return peeked.state === 'live' ? peeked : undefined;
  }

  async amend(sessionId: string, expectedVersion: number, amendment: Amendment): Promise<AmendOutcome> {
    const place = placeOf(this.#ids, sessionId);
    const found = await this.read(sessionId);
    if (!place || found.state === 'absent') return { outcome: 'absent' };
    if (found.state === 'ended') return { outcome: 'ended', ended: found };
    if (found.record.version !== expectedVersion) return { outcome: 'conflict', session: found };
    // Sealed here, as the record is now; the script writes it if the record still is that one.
    const operation = randomUUID();
    const amended = await this.#scripts.changeAt(AMEND, place, (now) => [
      operation,
      String(expectedVersion),
      String(now),
      this.#records.encode(amendRecord(found.record, amendment, now), place),
      amendment.refresh ? short(amendment.refresh.hash) : '',
      amendment.refresh?.keyId ?? '',
    ]);
    return this.#replies.amended(place, amended);
  }

  async touch(sessionId: string): Promise<boolean> {
    const place = placeOf(this.#ids, sessionId);
    // Not worth a replica's acknowledgement: a lost touch costs a minute of idleness at most.
    return place !== undefined && (await this.#scripts.ask(TOUCH, place))[0] === 'live';
  }

  async end(sessionId: string, because: EndReason, options: EndOptions = {}): Promise<boolean> {
    const place = placeOf(this.#ids, sessionId);
    if (!place) return false;
    const { keepData = false, recordedAt } = options;
    const recorded = recordedAt === undefined ? '' : String(recordedAt);
    const args = [randomUUID(), because, keepData ? 'keepData' : '', recorded];
    return (await this.#scripts.change(END, place, args))[0] === 'done';
  }

  async endAll(userId: string, because: EndReason, options: EndAllOptions = {}): Promise<EndedAll> {
    const { keepSessionId = '', epoch } = options;
    const { userTag } = this.#placeOfUser(userId);
    const place = { userTag, name: placeOf(this.#ids, keepSessionId)?.name ?? '' };
    const args = [randomUUID(), because, epoch === undefined ? '' : String(epoch)];
    return this.#replies.endedAll(userTag, await this.#scripts.change(END_ALL, place, args));
  }

  async list(userId: string): Promise<readonly ListedSession[]> {
    const place = this.#placeOfUser(userId);
    return this.#replies.list(place.userTag, await this.#scripts.ask(LIST, place));
  }

  async listEnded(userId: string): Promise<readonly EndedDevice[]> {
    const place = this.#placeOfUser(userId);
    return this.#replies.listEnded(place.userTag, await this.#scripts.ask(LIST_ENDED, place));
  }

  async claimParcel(sessionId: string, claimantId: string, leaseMs: number): Promise<ClaimOutcome> {
    const [place, claimant] = [sessionId, claimantId].map((id) => placeOf(this.#ids, id));
    if (!place || !claimant) return { outcome: 'none' };
    const args = [claimant.name, String(leaseMs), this.#data.encodeClaimant(place, claimantId)];
    return this.#replies.claimed(place, await this.#scripts.change(CLAIM_PARCEL, place, args));
  }

  async dropParcel(sessionId: string, claimantId: string): Promise<boolean> {
    const [place, claimant] = [sessionId, claimantId].map((id) => placeOf(this.#ids, id));
    if (!place || !claimant) return false;
    return (await this.#scripts.change(DROP_PARCEL, place, [claimant.name]))[0] === 'done';
  }

  async readData(sessionId: string): Promise<Readonly<Record<string, VersionedData>> | undefined> {
    const place = placeOf(this.#ids, sessionId);
    return place && this.#replies.allData(place, await this.#scripts.ask(READ_DATA, place));
  }

  async writeData(
    sessionId: string,
    namespace: string,
    expectedVersion: number,
    json: string,
  ): Promise<WriteOutcome> {
    const place = placeOf(this.#ids, sessionId);
    if (!place) return { outcome: 'absent' };
    const version = expectedVersion + 1;
    const held = this.#data.encode(place, namespace, version, json);
    const args = [randomUUID(), namespace, String(expectedVersion), held];
    const reply = await this.#scripts.change(WRITE_DATA, place, args);
    return this.#replies.written(place, [namespace, version], reply);
  }

  close(): Promise<void> {
    return this.#scripts.close();
  }

  async #rotate(
    { sessionId, generation, hash }: PresentedRefresh,
    successor: RotationSecret,
    windowMs: number,
    heal: '' | 'heal',
  ): Promise<RotateOutcome> {
    const place = placeOf(this.#ids, sessionId);
    if (!place) return { outcome: 'refused' };
    const secrets = [short(hash), short(successor.hash), successor.keyId];
    // What was swapped just before the store went away could not be answered, and its retry comes when it is back.
    const patientMs = Math.round(windowMs + this.#scripts.awayMs);
    const args = [randomUUID(), String(generation), ...secrets, String(patientMs), heal];
    return this.#replies.rotated(place, await this.#scripts.change(ROTATE, place, args));
  }

  #placeOfUser(userId: string): Place {
    return { userTag: this.#ids.userTag(userId), name: '' };
  }
}
