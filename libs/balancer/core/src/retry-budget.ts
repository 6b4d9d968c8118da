import type { Clock } from './clock.js';
import { monotonicClock } from './clock.js';

const WINDOW_MS = 10_000;
const SLOT_MS = 1_000;
const SLOTS = WINDOW_MS / SLOT_MS;

/** How many retries a service may cost. */
export interface RetryBudgetSettings {
  /** Retries per request, counted over the last 10 s. Default 0.2. */
  readonly share: number;
  /** Retries per second that are allowed on top, so that a quiet service may retry too. Default 10. */
  readonly floorPerSecond: number;
}

/**
 * Bounds retries to a share of the requests of the last 10 s, so that an outage is not amplified: with three
 * tries each, a service that is down would get three times its load just when it comes back.
 * Source: Finagle's `RetryBudget`.
 */
export class RetryBudget {
  readonly #requests = new Array<number>(SLOTS).fill(0);
  readonly #retries = new Array<number>(SLOTS).fill(0);
  #slot: number;

  constructor(
    private readonly settings: RetryBudgetSettings = { share: 0.2, floorPerSecond: 10 },
    private readonly clock: Clock = monotonicClock,
  ) {
    this.#slot = Math.floor(clock.now() / SLOT_MS);
  }

  /** Counts a request that came in. */
  deposit(): void {
    const index = this.#advance();
    this.#requests[index] = (this.#requests[index] ?? 0) + 1;
  }

  /** How many retries it allows at this moment. */
  get left(): number {
    this.#advance();
    const { share, floorPerSecond } = this.settings;
    return sum(this.#requests) * share + floorPerSecond * (WINDOW_MS / 1_000) - sum(this.#retries);
  }

  /** Takes one retry; `false` if the budget is spent. */
  withdraw(): boolean {
    if (this.left < 1) return false;
    const index = this.#advance();
    this.#retries[index] = (this.#retries[index] ?? 0) + 1;
    return true;
  }

  /** Empties the slots that fell out of the window; returns the current slot's index. */
  #advance(): number {
    const slot = Math.floor(this.clock.now() / SLOT_MS);
    for (let passed = Math.max(this.#slot + 1, slot - SLOTS + 1); passed <= slot; passed++) {
      this.#requests[passed % SLOTS] = 0;
      this.#retries[passed % SLOTS] = 0;
    }
    this.#slot = slot;
    return slot % SLOTS;
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
