import type { Member } from '@holdfast/balancer-core';

/** How often a lease is renewed. */
const HEARTBEAT_MS = 500;

/** Keeps one member listed: writes it at once, then every 500 ms, one write at a time, until it is stopped. */
export class Announcement {
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #stopped = false;
  #listed: (() => void) | undefined;
  /** Settles when the registry has the member for the first time, or the announcement is stopped. */
  readonly listed = new Promise<void>((resolve) => (this.#listed = resolve));

  constructor(
    private current: Member,
    private readonly write: (member: Member) => Promise<void>,
  ) {
    this.#timer = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    // A process that has nothing else to do may end.
    this.#timer.unref();
    void this.#beat();
  }

  get member(): Member {
    return this.current;
  }

  /** Lists a new state. Settles when the registry has it; a failure is made good by the next heartbeat. */
  async change(member: Member): Promise<void> {
    this.current = member;
    await this.#writing;
    await this.#beat();
  }

  /** No more writes after this settles: a late heartbeat must not list again what is withdrawn. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#writing;
    this.#listed?.();
  }

  #beat(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    this.#writing ??= this.write(this.current)
      .then(
        () => this.#listed?.(),
        // The registry is away: the next heartbeat tries again.
        () => undefined,
      )
      .finally(() => (this.#writing = undefined));
    return this.#writing;
  }
}
