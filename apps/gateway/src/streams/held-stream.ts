import type { StreamEnd } from './open-streams.js';
import type { StreamLease } from './stream-lease.js';
import type { StreamSessions } from './stream-sessions.js';

/** What may become a stream: an answer is on its way, and only its head says what it is. */
export class HeldStream {
  #lease: StreamLease | undefined;

  /** @param lease - what was begun for a request that asked for a stream; another one gets it when it becomes one */
  constructor(
    private readonly sessions: Pick<StreamSessions, 'begin'>,
    private readonly authorization: string | undefined,
    lease?: StreamLease,
  ) {
    this.#lease = lease;
  }

  /** It is one: from now on it is closed with its session. @param close - see `StreamLease.open` */
  open(close: (why: StreamEnd) => void): void {
    if (this.#lease) return this.#lease.open(close);
    void this.sessions.begin(this.authorization).then((verdict) => {
      if ('refusal' in verdict) return close('session-over');
      this.#lease = verdict.lease;
      verdict.lease.open(close);
    });
  }

  /** Somebody is there: the client sent something of its own accord. */
  get session(): StreamLease['session'] {
    return this.#lease?.session;
  }

  /** It is closed, or was none. */
  release(): void {
    this.#lease?.release();
  }
}
