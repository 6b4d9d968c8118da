import type { HealthSettings } from './instance-health.js';
import { InstanceHealth } from './instance-health.js';
import type { Member } from './member.js';
import { PeakEwma } from './peak-ewma.js';

/** What failing costs in a comparison, in milliseconds of latency: a fast 503 must not look attractive. */
const PENALTY_MS = 10_000;

/** One run of an instance and what is known of it: load, latency, health. */
export class Instance {
  /** Requests that were picked for it and have not been released. */
  inFlight = 0;
  /** Whether any request got an answer. */
  hasAnswered = false;
  readonly latency: PeakEwma;
  readonly health: InstanceHealth;
  #penalisedUntil = Number.NEGATIVE_INFINITY;

  constructor(
    public member: Member,
    readonly addedAt: number,
    settings: HealthSettings,
  ) {
    this.latency = new PeakEwma(addedAt);
    this.health = new InstanceHealth(settings);
  }

  /** Makes it unattractive for `forMs` after a failure, or for as long as its `Retry-After` asks. */
  penalise(forMs: number, now: number): void {
    this.#penalisedUntil = Math.max(this.#penalisedUntil, now + forMs);
  }

  /**
   * Expected cost of one more request, in milliseconds: EWMA × (in flight + 1), or the penalty if that is more. Who has
   * never answered is cheap for one request and no more: nobody knows yet how long that takes (as in Finagle).
   */
  cost(now: number): number {
    if (!this.hasAnswered && this.inFlight > 0) return PENALTY_MS + this.inFlight;
    const expected = this.latency.read(now) * (this.inFlight + 1);
    return now < this.#penalisedUntil ? Math.max(expected, PENALTY_MS) : expected;
  }
}
