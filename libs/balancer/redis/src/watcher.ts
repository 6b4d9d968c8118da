import { mergeMembers, type Member } from '@holdfast/balancer-core';

/** The net under the nudges: leases that ran out tell nobody. */
const DEFAULT_POLL_MS = 500;

/** What a watcher needs of the registry. */
export interface WatchSource {
  list(): Promise<readonly Member[]>;
  /** How long a lost registry may have kept members from renewing, in milliseconds. */
  readonly leaseMs: number;
}

/** Follows the registry: asks every 500 ms and when nudged, one question at a time, and reports changes. */
export class Watcher {
  readonly #timer: NodeJS.Timeout;
  #members: readonly Member[] = [];
  #reported: string | undefined;
  #asking = false;
  #askAgain = false;
  #stopped = false;
  #distrustUntil = 0;

  constructor(
    private readonly source: WatchSource,
    private readonly onChange: (members: readonly Member[]) => void,
    pollMs = DEFAULT_POLL_MS,
  ) {
    this.#timer = setInterval(() => this.nudge(), pollMs);
    this.#timer.unref();
    this.nudge();
  }

  /** Something changed: ask now. */
  nudge(): void {
    this.#askAgain = true;
    if (!this.#asking) void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    this.#asking = true;
    while (this.#askAgain && !this.#stopped) {
      this.#askAgain = false;
      try {
        this.#take(await this.source.list());
      } catch {
        // While the registry was away nobody could renew: for one lease after it is back, nobody is dropped.
        if (this.#members.length > 0) this.#distrustUntil = Number.POSITIVE_INFINITY;
      }
    }
    this.#asking = false;
  }

  #take(listed: readonly Member[]): void {
    if (this.#stopped) return;
    const now = performance.now();
    if (this.#distrustUntil === Number.POSITIVE_INFINITY) this.#distrustUntil = now + this.source.leaseMs;
    this.#members = mergeMembers(this.#members, listed, now < this.#distrustUntil);
    const state = JSON.stringify([...this.#members].sort((a, b) => (a.id < b.id ? -1 : 1)));
    if (state === this.#reported) return;
    this.#reported = state;
    this.onChange(this.#members);
  }
}
