import { systemClock, type Clock } from './clock.js';
import { MemoryEpochs } from './memory-epochs.js';
import { decode, type Held } from './memory-held.js';
import { MemoryParcels } from './memory-parcels.js';
import { MemoryTombstones } from './memory-tombstones.js';
import type {
  EndReason,
  EndedDevice,
  EndedSession,
  ListedSession,
  LiveSession,
  NewSession,
  SessionLookup,
} from './session.js';
import { healed, isCurrent, judgeRotation, renewed, rotated } from './rotation-policy.js';
import { amendRecord, beginRecord, judge, show } from './session-policy.js';
import { DEFAULT_SESSION_SETTINGS } from './session-settings.js';
import type {
  AmendOutcome,
  Amendment,
  BeginOutcome,
  ClaimOutcome,
  EndAllOptions,
  EndedAll,
  EndOptions,
  PresentedRefresh,
  RotateOutcome,
  RotationSecret,
  SessionStore,
  VersionedData,
  WriteOutcome,
} from './session-store.js';

const SWEEP_EVERY_MS = 60_000;
const ABSENT = { state: 'absent' } as const;

/** How a `MemorySessionStore` is made. */
export interface MemorySessionStoreOptions {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** How long an ended session can say why. Default 24 hours. */
  readonly tombstoneMs?: number;
}

/**
 * Sessions in the memory of this process: for one process, for teaching, and for tests of what stands
 * above the store. Nothing survives a restart. Obeys the same contract as the Redis driver.
 */
export class MemorySessionStore implements SessionStore {
  readonly #clock: Clock;
  readonly #live = new Map<string, Held>();
  readonly #tombstones: MemoryTombstones;
  readonly #parcels: MemoryParcels;
  /** By user id: live session ids. */
  readonly #index = new Map<string, Set<string>>();
  readonly #epochs = new MemoryEpochs();
  #sweptAt = 0;

  constructor({
    clock = systemClock,
    tombstoneMs = DEFAULT_SESSION_SETTINGS.tombstoneMs,
  }: MemorySessionStoreOptions = {}) {
    this.#clock = clock;
    this.#tombstones = new MemoryTombstones(tombstoneMs);
    this.#parcels = new MemoryParcels(tombstoneMs);
  }

  now(): number {
    return this.#clock.now();
  }

  async epoch(userId: string): Promise<number> {
    return this.#epochs.of(userId);
  }

  async raiseEpoch(userId: string, epoch?: number): Promise<void> {
    this.#epochs.raise(userId, 'revoked', this.#clock.now(), epoch);
  }

  async begin(
    session: NewSession,
    firstSecret: RotationSecret | undefined,
    limit: number,
  ): Promise<BeginOutcome> {
    this.#sweep();
    const found = this.#find(session.sessionId);
    if (found.state === 'ended') return { outcome: 'ended', ended: found };
    if (found.state === 'live') return { outcome: 'begun', session: found, replaced: [] };
    const over = this.#epochs.over(session.userId, session.epoch);
    if (over) return { outcome: 'ended', ended: over };
    const now = this.#clock.now();
    this.#epochs.raise(session.userId, 'revoked', now, session.epoch);
    const replaced = this.#makeRoom(session.userId, limit, now);
    const record = structuredClone(beginRecord(session, now));
    const rotation = firstSecret && { generation: 1, current: firstSecret, rotatedAt: now };
    const held: Held = { record, lastSeenAt: now, rotation, data: new Map() };
    this.#live.set(session.sessionId, held);
    this.#index.set(session.userId, (this.#index.get(session.userId) ?? new Set()).add(session.sessionId));
    return { outcome: 'begun', session: show(record, now, now), replaced };
  }

  async read(sessionId: string): Promise<SessionLookup> {
    return this.#find(sessionId);
  }

  async rotate(
    presented: PresentedRefresh,
    successor: RotationSecret,
    windowMs: number,
  ): Promise<RotateOutcome> {
    return this.#rotate(presented, successor, windowMs, false);
  }

  async heal(
    presented: PresentedRefresh,
    successor: RotationSecret,
    windowMs: number,
  ): Promise<RotateOutcome> {
    return this.#rotate(presented, successor, windowMs, true);
  }

  #rotate(
    presented: PresentedRefresh,
    successor: RotationSecret,
    windowMs: number,
    heal: boolean,
  ): RotateOutcome {
    const { sessionId } = presented;
    const found = this.#find(sessionId);
    const held = this.#live.get(sessionId);
    if (found.state === 'ended') return { outcome: 'ended', ended: found };
    if (found.state === 'absent' || !held?.rotation) return { outcome: 'refused' };
    const now = this.#clock.now();
    const verdict = judgeRotation(held.rotation, presented, now, windowMs);
    if (verdict === 'refuse') return { outcome: 'refused' };
    if (verdict === 'theft') return { outcome: 'reused', ended: this.#bury(held, 'token-reuse', now) };
    if (verdict === 'ahead' && !heal) return { outcome: 'ahead', session: found };
    if (verdict === 'ahead') held.rotation = healed(presented, successor, now);
    if (verdict === 'rotate') held.rotation = rotated(held.rotation, successor, now);
    held.lastSeenAt = now;
    const { generation, current } = held.rotation;
    const session = show(held.record, now, now);
    return verdict === 'repeat'
      ? { outcome: 'repeated', session, generation, keyId: current.keyId }
      : { outcome: 'rotated', session, generation };
  }

  async peekRefresh(presented: PresentedRefresh): Promise<LiveSession | undefined> {
    const found = this.#find(presented.sessionId);
    const rotation = this.#live.get(presented.sessionId)?.rotation;
    return found.state === 'live' && rotation && isCurrent(rotation, presented) ? found : undefined;
  }

  async amend(sessionId: string, expectedVersion: number, amendment: Amendment): Promise<AmendOutcome> {
    const found = this.#find(sessionId);
    const held = this.#live.get(sessionId);
    if (found.state === 'ended') return { outcome: 'ended', ended: found };
    if (found.state === 'absent' || !held) return { outcome: 'absent' };
    if (held.record.version !== expectedVersion) return { outcome: 'conflict', session: found };
    const now = this.#clock.now();
    held.record = amendRecord(held.record, amendment, now);
    const session = show(held.record, held.lastSeenAt, now);
    if (!amendment.refresh || !held.rotation) return { outcome: 'amended', session };
    held.rotation = renewed(held.rotation, amendment.refresh, now);
    return { outcome: 'amended', session, generation: held.rotation.generation };
  }

  async touch(sessionId: string): Promise<boolean> {
    const found = this.#find(sessionId);
    const held = this.#live.get(sessionId);
    if (found.state !== 'live' || !held) return false;
    held.lastSeenAt = this.#clock.now();
    return true;
  }

  async end(sessionId: string, because: EndReason, options: EndOptions = {}): Promise<boolean> {
    const { keepData = false, recordedAt } = options;
    const found = this.#find(sessionId);
    const held = this.#live.get(sessionId);
    if (found.state === 'absent' && recordedAt !== undefined) {
      this.#tombstones.buryUnseen(sessionId, because, recordedAt);
    }
    if (found.state !== 'live' || !held) return false;
    const now = this.#clock.now();
    this.#bury(held, because, now);
    const parcel = [...held.data].map(([name, { json }]) => [name, json]);
    if (keepData) this.#parcels.keep(sessionId, Object.fromEntries(parcel) as Record<string, string>, now);
    return true;
  }

  async endAll(userId: string, because: EndReason, options: EndAllOptions = {}): Promise<EndedAll> {
    const now = this.#clock.now();
    const epoch = this.#epochs.raise(userId, because, now, options.epoch);
    const over = this.#liveOf(userId).filter(
      ({ record }) => record.epoch < epoch && record.sessionId !== options.keepSessionId,
    );
    for (const held of over) this.#bury(held, because, now);
    return { sessionIds: over.map((held) => held.record.sessionId), epoch };
  }

  async list(userId: string): Promise<readonly ListedSession[]> {
    const now = this.#clock.now();
    return this.#liveOf(userId).map(({ record, lastSeenAt, rotation }) => ({
      ...show(record, lastSeenAt, now),
      ...(rotation && { generation: rotation.generation }),
    }));
  }

  async listEnded(userId: string): Promise<readonly EndedDevice[]> {
    this.#liveOf(userId); // who is over, but was not met, is listed too
    return this.#tombstones.listOf(userId, this.#clock.now());
  }

  async claimParcel(sessionId: string, claimantId: string, leaseMs: number): Promise<ClaimOutcome> {
    return this.#parcels.claim(sessionId, claimantId, leaseMs, this.#clock.now());
  }

  async dropParcel(sessionId: string, claimantId: string): Promise<boolean> {
    return this.#parcels.drop(sessionId, claimantId, this.#clock.now());
  }

  async readData(sessionId: string): Promise<Readonly<Record<string, VersionedData>> | undefined> {
    const held = this.#find(sessionId).state === 'live' ? this.#live.get(sessionId) : undefined;
    return held && Object.fromEntries([...held.data].map(([name, written]) => [name, decode(written)]));
  }

  async writeData(
    sessionId: string,
    namespace: string,
    expectedVersion: number,
    json: string,
  ): Promise<WriteOutcome> {
    const found = this.#find(sessionId);
    const held = this.#live.get(sessionId);
    if (found.state === 'ended') return { outcome: 'ended', ended: found };
    if (!held) return { outcome: 'absent' };
    const current = held.data.get(namespace);
    const version = current?.version ?? 0;
    if (version !== expectedVersion) {
      return { outcome: 'conflict', current: current ? decode(current) : { version: 0, value: undefined } };
    }
    held.data.set(namespace, { version: version + 1, json });
    return { outcome: 'written', version: version + 1 };
  }

  async close(): Promise<void> {
    this.#live.clear();
    this.#index.clear();
  }

  /** What is there, with passed deadlines acted upon. */
  #find(sessionId: string): SessionLookup {
    const now = this.#clock.now();
    const held = this.#live.get(sessionId);
    if (held) {
      const judged = judge(held.record, held.lastSeenAt, now);
      return judged.state === 'live' ? judged : this.#bury(held, judged.because, judged.endedAt);
    }
    return this.#tombstones.find(sessionId, now) ?? ABSENT;
  }

  #bury({ record }: Held, because: EndReason, endedAt: number): EndedSession {
    this.#live.delete(record.sessionId);
    const own = this.#index.get(record.userId);
    own?.delete(record.sessionId);
    if (own?.size === 0) this.#index.delete(record.userId);
    return this.#tombstones.bury(record, because, endedAt, this.#clock.now());
  }

  /** Live sessions of a user, most recently active first. */
  #liveOf(userId: string): Held[] {
    return [...(this.#index.get(userId) ?? [])]
      .filter((sessionId) => this.#find(sessionId).state === 'live')
      .flatMap((sessionId) => this.#live.get(sessionId) ?? [])
      .sort((a, b) => b.lastSeenAt - a.lastSeenAt);
  }

  #makeRoom(userId: string, limit: number, now: number): readonly string[] {
    const over = this.#liveOf(userId).slice(Math.max(limit - 1, 0));
    for (const held of over) this.#bury(held, 'replaced', now);
    return over.map((held) => held.record.sessionId);
  }

  /** Forgets what nobody asked for again, so that memory does not grow for ever. */
  #sweep(): void {
    const now = this.#clock.now();
    if (now - this.#sweptAt < SWEEP_EVERY_MS) return;
    this.#sweptAt = now;
    for (const sessionId of [...this.#live.keys()]) this.#find(sessionId);
    this.#tombstones.sweep(now);
    this.#parcels.sweep(now);
  }
}
