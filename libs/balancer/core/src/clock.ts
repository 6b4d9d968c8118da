/** Where time comes from: milliseconds that only grow. */
export interface Clock {
  now(): number;
}

/** The process's monotonic clock: never set back, unlike `Date.now`. */
export const monotonicClock: Clock = { now: () => performance.now() };
