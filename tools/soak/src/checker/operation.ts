/** What a client asked for. */
export type OperationKind = 'begin' | 'read' | 'write' | 'add' | 'refresh' | 'step-up' | 'end';

/**
 * What came of it. `ok`: it was acknowledged. `refused`: it was answered with a reason and has done nothing. `unsent`: nobody
 * took the connection, so that it has done nothing either. `unknown`: no answer, a broken one or a server's error: it may have
 * happened, or happen yet.
 */
export type Outcome = 'ok' | 'refused' | 'unsent' | 'unknown';

/** Which sessions an end is about: the caller's own, one that is named, all others of its user, or all of them. */
export type EndScope = 'own' | 'one' | 'others' | 'everywhere';

/** One operation of a history. Times are milliseconds of one monotonic clock: when it was sent, and when its answer was there. */
export interface Operation {
  readonly id: number;
  readonly kind: OperationKind;
  readonly startMs: number;
  readonly endMs: number;
  /** Where it was sent: `gateway`, or an instance at its own port. */
  readonly at: string;
  /** Who answered it, where somebody did. */
  readonly servedBy?: string;
  readonly user: string;
  /** The session that it acted in; of a `begin`, the one that it began, if it was told. */
  readonly session?: string;
  readonly outcome: Outcome;
  /** Why it was refused, or why nothing is known. */
  readonly code?: string;
  /** `endedBecause` of a refusal. */
  readonly because?: string;
  /** Until when the access token that was shown is good. */
  readonly tokenUntilMs?: number;
  /** Of a write: the value, another one each time. */
  readonly wrote?: string;
  /** What the answer showed. */
  readonly saw?: Sight;
  /** Fingerprints of the refresh tokens that were shown and given. */
  readonly presented?: string;
  readonly issued?: string;
  readonly scope?: EndScope;
  /** The session that an end of scope `one` names. */
  readonly target?: string;
  /** `boundMs` of the receipt: for how long after it an instance that did not confirm may go on. None: 0. */
  readonly boundMs?: number;
  /** It was asked until it was answered: no answer is an outage that does not end. */
  readonly isFinal?: boolean;
}

/** What an answer showed of its session. `preference`: the last value written, `null` for none. `count`: what was added. */
export interface Sight {
  readonly session?: string;
  readonly preference?: string | null;
  readonly count?: number;
}

/** Something that was done to the platform meanwhile. */
export interface FaultNote {
  readonly fault: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Whether a primary may have fallen, and with it what nobody had been told yet. */
  readonly losesUnacknowledged: boolean;
  /** To how many connections or processes. */
  readonly struck?: number;
}

/** All that happened in a run. */
export interface History {
  readonly operations: readonly Operation[];
  readonly faults: readonly FaultNote[];
}
