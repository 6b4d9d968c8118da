import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';

const EVERY_MS = 60_000;

/** What a count has come to. */
export interface Census {
  readonly live: number;
  /** How long ago it began, in milliseconds: nothing in it is older. */
  readonly ageMs: number;
}

/** What a `SessionCensus` works with. */
export interface SessionCensusDeps {
  /** Counts once. Rejects if the store is away, or when `signal` says so. */
  readonly count: (signal: AbortSignal) => Promise<number>;
  readonly logger: Pick<Logger, 'log' | 'warn'>;
  /** From the begin of one count to that of the next, at least. Default: a minute. */
  readonly everyMs?: number;
}

/**
 * Counts the live sessions again and again, one count at a time, while this instance is on duty. A count that fails
 * leaves the one before, which shows its age.
 */
export class SessionCensus {
  #shift: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();
  #last: { readonly live: number; readonly begunAt: number } | undefined;
  #isFailing = false;

  constructor(private readonly deps: SessionCensusDeps) {}

  /** This instance is on duty. */
  start(): void {
    if (this.#shift) return;
    const { signal } = (this.#shift = new AbortController());
    // What the shift before was about to ask is answered first.
    this.#running = this.#running.then(() => this.#run(signal));
  }

  /** Somebody else is on duty, and counts. */
  stop(): void {
    this.#shift?.abort();
    this.#shift = undefined;
    this.#last = undefined;
  }

  /** `undefined` where another instance counts, and before the first count is done. */
  get latest(): Census | undefined {
    return this.#last && { live: this.#last.live, ageMs: performance.now() - this.#last.begunAt };
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const begunAt = performance.now();
      await this.#count(signal, begunAt);
      const restMs = (this.deps.everyMs ?? EVERY_MS) - (performance.now() - begunAt);
      await sleep(Math.max(restMs, 0), undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  async #count(signal: AbortSignal, begunAt: number): Promise<void> {
    const { count, logger } = this.deps;
    try {
      const live = await count(signal);
      if (!signal.aborted) this.#last = { live, begunAt };
      if (this.#isFailing) logger.log('Live sessions are counted again');
      this.#isFailing = false;
    } catch (error) {
      if (signal.aborted || this.#isFailing) return;
      this.#isFailing = true;
      logger.warn({ msg: 'Live sessions cannot be counted for now', err: error });
    }
  }
}
