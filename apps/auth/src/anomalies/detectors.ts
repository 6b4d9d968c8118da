import { GuestBurst, ImpossibleRate, TooManySessions } from './bursts.js';
import type { Detector, Finding, Seen } from './detector.js';
import { RefreshReuse } from './refresh-reuse.js';
import { SessionMoved } from './session-moved.js';
import { StuffingFromAddress, StuffingOfAccount, StuffingSpread } from './stuffing.js';
import type { Thresholds } from './thresholds.js';

/** All detectors, fresh: they know of nothing yet. */
export class Detectors {
  readonly #all: readonly Detector[];

  constructor(thresholds: Thresholds) {
    this.#all = [
      new RefreshReuse(),
      new StuffingOfAccount(thresholds),
      new StuffingFromAddress(thresholds),
      new StuffingSpread(thresholds),
      new SessionMoved(),
      new TooManySessions(thresholds.sessionsPerHour),
      new GuestBurst(thresholds.guestsPerMinute),
      new ImpossibleRate(thresholds),
    ];
  }

  /** What they find in the next event. */
  see(event: Seen): readonly Finding[] {
    return this.#all.flatMap((detector) => detector.see(event) ?? []);
  }
}
