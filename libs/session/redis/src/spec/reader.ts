import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from './member.js';

/** When a session was last served as live, by `systemMs`: when that was asked, and when it was answered. */
export interface Served {
  readonly calledAt: number;
  readonly answeredAt: number;
}

/** What a reader has seen. */
export interface ReaderReport {
  readonly reads: number;
  /** Of them, answered at once. */
  readonly near: number;
  readonly served: Readonly<Record<string, Served>>;
}

/** A monotonic clock that all processes of a machine share, in milliseconds. */
export function systemMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

const ROUND_EVERY_MS = 5;

/** Confirms sessions for a critical route, over and over, and remembers when each was served last. */
export class Reader {
  readonly #served = new Map<string, Served>();
  readonly #asking = new Set<string>();
  readonly #sessionIds: string[] = [];
  readonly #reading: Promise<void>;
  #reads = 0;
  #near = 0;
  #isOver = false;

  constructor(readonly member: Member) {
    this.#reading = this.#read();
  }

  add(sessionId: string): void {
    this.#sessionIds.push(sessionId);
  }

  /** Those that ended long ago need not be read any more. */
  forget(sessionId: string): void {
    const at = this.#sessionIds.indexOf(sessionId);
    if (at >= 0) this.#sessionIds.splice(at, 1);
  }

  async stop(): Promise<ReaderReport> {
    this.#isOver = true;
    await this.#reading;
    await this.member.close();
    return { reads: this.#reads, near: this.#near, served: Object.fromEntries(this.#served) };
  }

  async #read(): Promise<void> {
    for (; !this.#isOver; await sleep(ROUND_EVERY_MS)) {
      for (const sessionId of this.#sessionIds) this.#confirm(sessionId);
    }
  }

  #confirm(sessionId: string): void {
    if (this.#asking.has(sessionId)) return;
    const calledAt = systemMs();
    const answer = this.member.near.confirm(sessionId, 'critical');
    this.#reads += 1;
    if (answer instanceof Promise) void this.#await(sessionId, calledAt, answer);
    else {
      this.#near += 1;
      if (answer.found.state === 'live') this.#served.set(sessionId, { calledAt, answeredAt: calledAt });
    }
  }

  async #await(
    sessionId: string,
    calledAt: number,
    answer: ReturnType<Member['near']['confirm']>,
  ): Promise<void> {
    this.#asking.add(sessionId);
    try {
      const { found } = await answer;
      if (found.state === 'live') this.#served.set(sessionId, { calledAt, answeredAt: systemMs() });
    } catch {
      // It is refused: the store cannot tell.
    } finally {
      this.#asking.delete(sessionId);
    }
  }
}
