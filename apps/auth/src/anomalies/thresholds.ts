/** From when on something is an anomaly. Counts are those at which it is found; a window is in milliseconds. */
export interface Thresholds {
  /** In which failures are counted. */
  readonly failureWindowMs: number;
  /** Failures of one account. */
  readonly accountFailures: number;
  /** Failures from one address, over so many accounts at least. */
  readonly addressFailures: number;
  readonly addressAccounts: number;
  /** Accounts that fail from so many addresses at least, all together. */
  readonly spreadAccounts: number;
  readonly spreadAddresses: number;
  /** Sessions of one user that begin within an hour. */
  readonly sessionsPerHour: number;
  /** Guests of one address within a minute. */
  readonly guestsPerMinute: number;
  /** Refreshes, and requests, of one session within a minute. */
  readonly refreshesPerMinute: number;
  readonly requestsPerMinute: number;
}

/** Entries that one subject has at most, whatever the thresholds are. */
export const MOST_ENTRIES = 5_000;
/** Subjects that a detector remembers at most. */
export const MOST_SUBJECTS = 10_000;
/** The longest window of all: who takes over from another instance looks back so far. */
export const LONGEST_WINDOW_MS = 3_600_000;
