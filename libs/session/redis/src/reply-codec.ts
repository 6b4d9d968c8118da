import {
  StoreUnavailableError,
  type AmendOutcome,
  type BeginOutcome,
  type ClaimOutcome,
  type EndReason,
  type EndedSession,
  type LiveSession,
  type RotateOutcome,
  type SessionLookup,
  type VersionedData,
  type WriteOutcome,
} from '@holdfast/session-core';
import type { ScriptReply } from './lua-script.js';
import { decodeHeld, decodeLive, decodeRecord } from './record-codec.js';

/** Strings that a live session takes in an answer: lastSeenAt, now, record. */
const SESSION_PARTS = 3;

/** What `BEGIN` answered. */
export function decodeBegun([outcome, ...rest]: ScriptReply): BeginOutcome {
  if (outcome === 'ended') return { outcome, ended: decodeEnded(rest) };
  const replaced = rest.slice(SESSION_PARTS).map(sessionIdOf);
  return { outcome: 'begun', session: decodeLive(rest), replaced };
}

/** What `READ` answered. */
export function decodeFound([state, ...rest]: ScriptReply): SessionLookup {
  if (state === 'live') return decodeLive(rest);
  return state === 'ended' ? decodeEnded(rest) : { state: 'absent' };
}

/** What `ROTATE` answered. */
export function decodeRotated([outcome, ...rest]: ScriptReply): RotateOutcome {
  if (outcome === 'ended' || outcome === 'reused') return { outcome, ended: decodeEnded(rest) };
  if (outcome !== 'rotated' && outcome !== 'repeated') return { outcome: 'refused' };
  const [generation, keyId = ''] = rest.slice(SESSION_PARTS);
  const granted = { session: decodeLive(rest), generation: Number(generation) };
  return outcome === 'rotated' ? { outcome, ...granted } : { outcome, ...granted, keyId };
}

/** What `AMEND` answered. */
export function decodeAmended([outcome, ...rest]: ScriptReply): AmendOutcome {
  if (outcome === 'ended') return { outcome, ended: decodeEnded(rest) };
  if (outcome === 'conflict') return { outcome, session: decodeLive(rest) };
  if (outcome !== 'amended') return { outcome: 'absent' };
  const generation = rest[SESSION_PARTS];
  return { outcome, session: decodeLive(rest), ...(generation && { generation: Number(generation) }) };
}

/** What `LIST` answered. */
export function decodeList(reply: ScriptReply): readonly LiveSession[] {
  return groupsOf(SESSION_PARTS, reply).map(decodeLive);
}

/** What `CLAIM_PARCEL` answered to this claimant. */
export function decodeClaim([outcome, before = '', ...held]: ScriptReply, claimantId: string): ClaimOutcome {
  if (outcome !== 'claimed') return { outcome: outcome === 'busy' ? 'busy' : 'none' };
  const data = Object.entries(decodeData(held)).map(([namespace, { value }]) => [namespace, value]);
  const formerly = before.split(' ').filter((id) => id !== '' && id !== claimantId);
  return { outcome, data: Object.fromEntries(data) as Record<string, unknown>, formerly };
}

/** What `WRITE_DATA` answered. */
export function decodeWritten([outcome, ...rest]: ScriptReply): WriteOutcome {
  if (outcome === 'written') return { outcome, version: Number(rest[0]) };
  if (outcome === 'conflict') return { outcome, current: decodeHeld(rest[0]) };
  return outcome === 'ended' ? { outcome, ended: decodeEnded(rest) } : { outcome: 'absent' };
}

/** Namespaces, each followed by what it holds. */
export function decodeData(parts: ScriptReply): Readonly<Record<string, VersionedData>> {
  return Object.fromEntries(groupsOf(2, parts).map(([name = '', held]) => [name, decodeHeld(held)]));
}

/** The id in a record. */
export function sessionIdOf(raw: string): string {
  return decodeRecord(raw).sessionId;
}

function decodeEnded([because, endedAt]: ScriptReply): EndedSession {
  if (because === undefined) throw new StoreUnavailableError('The store gave an unexpected answer.');
  return { state: 'ended', because: because as EndReason, endedAt: Number(endedAt) };
}

function groupsOf(size: number, parts: ScriptReply): readonly ScriptReply[] {
  return Array.from({ length: parts.length / size }, (_, i) => parts.slice(size * i, size * (i + 1)));
}
