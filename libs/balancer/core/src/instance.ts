import type { HealthSettings } from './instance-health.js';
import { InstanceHealth } from './instance-health.js';
import type { Member } from './member.js';
import { PeakEwma } from './peak-ewma.js';

/** What failing costs in a comparison, in milliseconds of latency: a fast 503 must not look attractive. */
const PENALTY_MS = 10_000;

/** An instance that hangs is known by several requests that wait for it: a single one may just take long. */
const HANGING_REQUESTS = 3;
/** … and by a silence so many times as long as what it usually takes. */
const HANGING_TIMES = 8;

/** One run of an instance and what is known of it: load, latency, health. */
export class Instance {
  /** Requests that were picked for it and have not been released. */
  inFlight = 0;
  /** Whether any request got an answer. */
  hasAnswered = false;
  readonly latency: PeakEwma;
  readonly health: InstanceHealth;
  #penalisedUntil = Number.NEGATIVE_INFINITY;
  #awaited = 0;
  #quietFrom = 0;

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

  /** A request was sent to it. `noteSettled` must follow. */
  noteAwaited(now: number): void {
    if (this.#awaited === 0) this.#quietFrom = now;
    this.#awaited += 1;
  }

  /** A request that it was sent is no longer waited for. @param isHeard - it has answered */
  noteSettled(now: number, isHeard: boolean): void {
    this.#awaited -= 1;
    if (isHeard) this.#quietFrom = now;
  }

  /** How long it has answered nothing at all while something was to be answered, in milliseconds. */
  quietMs(now: number): number {
    return this.#awaited === 0 ? 0 : Math.max(0, now - this.#quietFrom);
  }

  /** How long its silence must last to be a sign that it hangs, in milliseconds. @param leastMs - never less */
  suspicionMs(now: number, leastMs: number): number {
    return Math.max(leastMs, HANGING_TIMES * this.latency.read(now));
  }

  /**
   * Whether it hangs by all that is known (it is stopped, in a deadlock, cut off): it has been silent for `forMs`, and that
   * towards several requests, or its health is in doubt already.
   */
  seemsHung(now: number, forMs: number): boolean {
    const isDoubted = this.#awaited >= HANGING_REQUESTS || !this.health.isSound(now);
    return isDoubted && this.quietMs(now) >= forMs;
  }

  /**
   * Expected cost of one more request, in milliseconds: EWMA × (in flight + 1), or the penalty if that is more. A silence
   * towards several requests that is longer than the average counts in its place, so that nobody follows them to an
   * instance that hangs. Who has never answered is cheap for one request and no more: nobody knows yet how long that takes
   * (as in Finagle).
   */
  cost(now: number): number {
    if (!this.hasAnswered && this.inFlight > 0) return PENALTY_MS + this.inFlight;
    const silenceMs = this.#awaited < HANGING_REQUESTS ? 0 : this.quietMs(now);
    const expected = Math.max(this.latency.read(now), silenceMs) * (this.inFlight + 1);
    return now < this.#penalisedUntil ? Math.max(expected, PENALTY_MS) : expected;
  }
}
