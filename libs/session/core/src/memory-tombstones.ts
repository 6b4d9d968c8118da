import type { EndReason, EndedDevice, EndedSession, SessionRecord } from './session.js';

/** Ended sessions that a device list shows. */
const LISTED = 20;

interface Tombstone {
  readonly ended: EndedSession;
  /** Of a session that was never seen there is nothing to list. */
  readonly device?: EndedDevice;
  readonly userId?: string;
  readonly forgetAt: number;
}

/** What the memory store knows of ended sessions. Callers say what time it is. */
export class MemoryTombstones {
  readonly #tombstones = new Map<string, Tombstone>();
  /** By user id: ended session ids, newest first. */
  readonly #history = new Map<string, readonly string[]>();

  constructor(private readonly lifeMs: number) {}

  bury(record: SessionRecord, because: EndReason, endedAt: number, now: number): EndedSession {
    const { sessionId, userId, client, createdAt } = record;
    const device = { sessionId, client, createdAt, because, endedAt };
    const ended: EndedSession = { state: 'ended', because, endedAt };
    this.#tombstones.set(sessionId, { ended, device, userId, forgetAt: now + this.lifeMs });
    const newest = [sessionId, ...(this.#history.get(userId) ?? [])]
      .flatMap((id) => this.#tombstones.get(id)?.device ?? [])
      .sort((a, b) => b.endedAt - a.endedAt)
      .slice(0, LISTED);
    this.#history.set(
      userId,
      newest.map((ended) => ended.sessionId),
    );
    return ended;
  }

  /** The end of a session that is not here: only the ledger knows of it. */
  buryUnseen(sessionId: string, because: EndReason, endedAt: number): void {
    const ended: EndedSession = { state: 'ended', because, endedAt };
    this.#tombstones.set(sessionId, { ended, forgetAt: endedAt + this.lifeMs });
  }

  find(sessionId: string, now: number): EndedSession | undefined {
    return this.#tombstone(sessionId, now)?.ended;
  }

  listOf(userId: string, now: number): readonly EndedDevice[] {
    return (this.#history.get(userId) ?? []).flatMap(
      (sessionId) => this.#tombstone(sessionId, now)?.device ?? [],
    );
  }

  sweep(now: number): void {
    for (const [sessionId, { userId, forgetAt }] of this.#tombstones) {
      if (forgetAt > now) continue;
      this.#tombstones.delete(sessionId);
      if (userId === undefined) continue;
      const rest = (this.#history.get(userId) ?? []).filter((id) => id !== sessionId);
      if (rest.length > 0) this.#history.set(userId, rest);
      else this.#history.delete(userId);
    }
  }

  #tombstone(sessionId: string, now: number): Tombstone | undefined {
    const tombstone = this.#tombstones.get(sessionId);
    return tombstone && now < tombstone.forgetAt ? tombstone : undefined;
  }
}
