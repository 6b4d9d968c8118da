import type { LiveSession } from '@holdfast/session-core';
import type { StreamEnd } from './open-streams.js';

/** On whose behalf a stream is open. */
export interface StreamOwner {
  readonly sessionId: string;
  /** Of the session (see `ParsedSessionId`); what the journal calls it. */
  readonly name: string;
}

/** A stream that is open or about to be, and whose it is. */
export class StreamLease {
  /** The session as it was confirmed last; `undefined` for who came without. */
  session: LiveSession | undefined;
  /** When it was true what `session` says, by `performance.now()`. */
  confirmedAt = performance.now();
  #close: ((why: StreamEnd) => void) | undefined;
  #over: StreamEnd | undefined;
  #onRelease: (() => void)[] = [];

  constructor(readonly owner?: StreamOwner) {}

  /** The name of its session. */
  get name(): string | undefined {
    return this.owner?.name;
  }

  /** Why it was ended; `undefined` while it may go on. */
  get over(): StreamEnd | undefined {
    return this.#over;
  }

  /** It is open from now on. @param close - closes both ends, at once; called once at most, now if it is over already */
  open(close: (why: StreamEnd) => void): void {
    if (this.#over !== undefined) return close(this.#over);
    this.#close = close;
  }

  /** Closes it. When this returns, nothing passes through it any more. */
  end(why: StreamEnd): void {
    if (this.#over !== undefined) return;
    this.#over = why;
    this.#close?.(why);
  }

  /** Whoever must know that it is gone. */
  onRelease(listener: () => void): void {
    this.#onRelease.push(listener);
  }

  /** It is closed, or was never opened. */
  release(): void {
    for (const listener of this.#onRelease.splice(0)) listener();
  }
}
