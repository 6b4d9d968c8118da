import {
  StoreUnavailableError,
  type AmendOutcome,
  type BeginOutcome,
  type ClaimOutcome,
  type EndedAll,
  type EndedDevice,
  type EndReason,
  type EndedSession,
  type ListedSession,
  type RotateOutcome,
  type SessionLookup,
  type VersionedData,
  type WriteOutcome,
} from '@holdfast/session-core';
import type { DataCodec } from './data-codec.js';
import type { ScriptReply } from './lua-script.js';
import type { Place } from './place.js';
import { type RecordCodec, UnreadableValueError } from './record-codec.js';

/** Strings that a live session takes in an answer: lastSeenAt, now, name, record. */
const SESSION_PARTS = 4;

/** Reads what the scripts answer. */
export class ReplyCodec {
  constructor(
    private readonly records: RecordCodec,
    private readonly data: DataCodec,
  ) {}

  /** What `BEGIN` answered. */
  begun({ userTag }: Place, [outcome, ...rest]: ScriptReply): BeginOutcome {
    if (outcome === 'ended') return { outcome, ended: decodeEnded(rest) };
    const replaced = this.sessionIds(userTag, rest.slice(SESSION_PARTS));
    return { outcome: 'begun', session: this.records.live(userTag, rest), replaced };
  }

  /** What `READ` and `PEEK_REFRESH` answered. */
  found({ userTag }: Place, [state, ...rest]: ScriptReply): SessionLookup {
    if (state === 'live') return this.records.live(userTag, rest);
    return state === 'ended' ? decodeEnded(rest) : { state: 'absent' };
  }

  /** What `ROTATE` answered. */
  rotated({ userTag }: Place, [outcome, ...rest]: ScriptReply): RotateOutcome {
    if (outcome === 'ended' || outcome === 'reused') return { outcome, ended: decodeEnded(rest) };
    if (outcome === 'ahead') return { outcome, session: this.records.live(userTag, rest) };
    if (outcome !== 'rotated' && outcome !== 'repeated') return { outcome: 'refused' };
    const [generation, keyId = ''] = rest.slice(SESSION_PARTS);
    const granted = { session: this.records.live(userTag, rest), generation: Number(generation) };
    return outcome === 'rotated' ? { outcome, ...granted } : { outcome, ...granted, keyId };
  }

  /** What `AMEND` answered. */
  amended({ userTag }: Place, [outcome, ...rest]: ScriptReply): AmendOutcome {
    if (outcome === 'ended') return { outcome, ended: decodeEnded(rest) };
    if (outcome === 'conflict') return { outcome, session: this.records.live(userTag, rest) };
    if (outcome !== 'amended') return { outcome: 'absent' };
    const generation = rest[SESSION_PARTS];
    const session = this.records.live(userTag, rest);
    return { outcome, session, ...(generation && { generation: Number(generation) }) };
  }

  /** What `LIST` answered. One that does not open is left out: it keeps nobody from the others. */
  list(userTag: string, reply: ScriptReply): readonly ListedSession[] {
    return groupsOf(SESSION_PARTS + 1, reply).flatMap((parts) => {
      const generation = parts[SESSION_PARTS];
      try {
        const session = this.records.live(userTag, parts);
        return [{ ...session, ...(generation && { generation: Number(generation) }) }];
      } catch (error) {
        if (error instanceof UnreadableValueError) return [];
        throw error;
      }
    });
  }

  /** What `LIST_ENDED` answered. */
  listEnded(userTag: string, reply: ScriptReply): readonly EndedDevice[] {
    return groupsOf(2, reply).flatMap(
      ([name = '', stone = '']) => this.records.device({ userTag, name }, stone) ?? [],
    );
  }

  /** What `END_ALL` answered. */
  endedAll(userTag: string, [, epoch, ...ended]: ScriptReply): EndedAll {
    return { sessionIds: this.sessionIds(userTag, ended), epoch: Number(epoch) };
  }

  /** What `CLAIM_PARCEL` answered. */
  claimed(place: Place, [outcome, count, ...rest]: ScriptReply): ClaimOutcome {
    if (outcome !== 'claimed') return { outcome: outcome === 'busy' ? 'busy' : 'none' };
    const formers = rest.slice(0, Number(count));
    const held = Object.entries(this.data.decodeAll(place, rest.slice(formers.length)));
    return {
      outcome,
      data: Object.fromEntries(held.map(([namespace, { value }]) => [namespace, value])),
      formerly: formers.map((sealed) => this.data.decodeClaimant(place, sealed)),
    };
  }

  /** What `READ_DATA` answered; `undefined` if the session is not live. */
  allData(place: Place, [state, ...held]: ScriptReply): Readonly<Record<string, VersionedData>> | undefined {
    return state === 'live' ? this.data.decodeAll(place, held) : undefined;
  }

  /** What `WRITE_DATA` answered to a write of this version. */
  written(
    place: Place,
    [namespace, version]: readonly [string, number],
    [outcome, ...rest]: ScriptReply,
  ): WriteOutcome {
    if (outcome === 'written') return { outcome, version };
    if (outcome === 'conflict')
      return { outcome, current: this.data.decode(place, namespace, rest[0] ?? '') };
    return outcome === 'ended' ? { outcome, ended: decodeEnded(rest) } : { outcome: 'absent' };
  }

  private sessionIds(userTag: string, reply: ScriptReply): readonly string[] {
    return groupsOf(2, reply).flatMap(
      ([name = '', raw = '']) => this.records.sessionId({ userTag, name }, raw) ?? [],
    );
  }
}

function decodeEnded([because, endedAt]: ScriptReply): EndedSession {
  if (because === undefined) throw new StoreUnavailableError('The store gave an unexpected answer.');
  return { state: 'ended', because: because as EndReason, endedAt: Number(endedAt) };
}

function groupsOf(size: number, parts: ScriptReply): readonly ScriptReply[] {
  return Array.from({ length: parts.length / size }, (_, i) => parts.slice(size * i, size * (i + 1)));
}
