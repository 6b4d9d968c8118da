/**
 * Why a try gave no answer to use.
 * `refused`: no connection, so nothing was sent. `reset`: the connection broke before the first response byte.
 * `timeout`: no response byte within the try's time. `turned-away`: a 503, at once.
 */
export type TryFailure = 'refused' | 'reset' | 'timeout' | 'turned-away';

/** What decides whether a failed try may be followed by another. */
export interface RetryCase {
  readonly failure: TryFailure;
  /** Doing it twice is like doing it once: an idempotent method, or a key that makes it so. */
  readonly repeatable: boolean;
  /** The body can be sent again: it was buffered, there is none, or nothing of it was read. */
  readonly replayable: boolean;
  /** Tries so far that were sent, this one included if it was. */
  readonly sentTries: number;
}

/** Most tries of one request that reach an instance; refused connections do not count. */
const MAX_SENT_TRIES = 3;

/** `free`: does not touch the retry budget, since the instance never saw it. */
export type RetryVerdict = 'no' | 'free' | 'budgeted';

/** Decides whether a request may be tried again. Only for tries without a first response byte for the caller. */
export function judgeRetry({ failure, repeatable, replayable, sentTries }: RetryCase): RetryVerdict {
  if (!replayable) return 'no';
  if (failure === 'refused') return 'free';
  return repeatable && sentTries < MAX_SENT_TRIES ? 'budgeted' : 'no';
}

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'TRACE']);

/** Whether a method is idempotent by RFC 9110 9.2.2. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** Pause before the n-th retry (1 …): anywhere in 0 to 25 · 2ⁿ⁻¹ ms ("full jitter"), so that retries do not march in step. */
export function retryPauseMs(retry: number, random: () => number = Math.random): number {
  return random() * 25 * 2 ** (retry - 1);
}
