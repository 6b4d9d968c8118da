import { STALENESS_BOUND_MS } from '@holdfast/session-core';
import type { Operation } from './operation.js';

/** What a history breaks, each for itself. */
export type Rule =
  | 'accepted-after-end'
  | 'came-back'
  | 'signed-out'
  | 'thief'
  | 'wrong-refusal'
  | 'lost-write'
  | 'phantom-write'
  | 'went-back'
  | 'lost-add'
  | 'surplus-add'
  | 'two-successors'
  | 'other-session'
  | 'unanswered';

/** One breach, with the fewest operations that show it. */
export interface Violation {
  readonly rule: Rule;
  readonly says: string;
  readonly evidence: readonly Operation[];
}

/** The limits by which a history is judged, in milliseconds. */
export interface Limits {
  /** For how long after its end an operation without an answer may still happen. Default 15,000. */
  readonly lateMs: number;
  /** For how long a refresh token may be shown again after its first use. Default 30,000: `REFRESH_WINDOW_MS`. */
  readonly windowMs: number;
  /** After how long without use a session may be over. Default 1,740,000: a minute less than the idle timeout. */
  readonly idleMs: number;
  /** How long an end that nobody was told of may need to be known everywhere. Default: that of `hybrid`, see `SPREAD_MS`. */
  readonly spreadMs: number;
  /** For how long after a fall of the primary what was not acknowledged may be lost, having been seen. Default 15,000. */
  readonly settleMs: number;
}

/** Strategies that keep records, so that a history of them can be judged. */
export const SOAKED_STRATEGIES = ['hybrid', 'store'] as const;

/** One of them. */
export type SoakedStrategy = (typeof SOAKED_STRATEGIES)[number];

/**
 * `Limits.spreadMs` by strategy. With `store` each request asks. With `hybrid` an instance that is cut off has not heard
 * of it, and goes on for as long as the policy with the longest bound lets it.
 */
export const SPREAD_MS: Readonly<Record<SoakedStrategy, number>> = {
  hybrid: STALENESS_BOUND_MS.read,
  store: 0,
};

/** The defaults of `Limits`. */
export const LIMITS: Limits = {
  lateMs: 15_000,
  windowMs: 30_000,
  idleMs: 29 * 60_000,
  spreadMs: SPREAD_MS.hybrid,
  settleMs: 15_000,
};
