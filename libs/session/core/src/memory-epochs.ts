import type { EndReason, EndedSession } from './session.js';

interface Epoch {
  readonly value: number;
  readonly because: EndReason;
  readonly raisedAt: number;
}

/** The users' epochs in the memory store. Callers say what time it is. */
export class MemoryEpochs {
  readonly #epochs = new Map<string, Epoch>();

  of(userId: string): number {
    return this.#epochs.get(userId)?.value ?? 0;
  }

  /**
   * Raises a user's epoch, to the next one by default; a lower one changes nothing.
   *
   * @returns the epoch that was asked for
   */
  raise(userId: string, because: EndReason, now: number, epoch?: number): number {
    const before = this.of(userId);
    const wanted = epoch ?? Math.max(before + 1, now);
    if (wanted > before) this.#epochs.set(userId, { value: wanted, because, raisedAt: now });
    return wanted;
  }

  /** Why a session with this epoch cannot begin any more; `undefined` if it can. */
  over(userId: string, epoch: number): EndedSession | undefined {
    const raised = this.#epochs.get(userId);
    if (raised === undefined || epoch >= raised.value) return undefined;
    return { state: 'ended', because: raised.because, endedAt: raised.raisedAt };
  }
}
