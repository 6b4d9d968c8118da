import type { Redis } from 'ioredis';
import { insuredLimiter } from '@holdfast/service-defaults';
import { rateLimited } from './rate-limited.js';
import type { SharedQueue } from './shared-turns.js';

/** How many failures are too many. */
export interface FailureLimit {
  readonly failures: number;
  readonly windowMs: number;
}

type Limiter = ReturnType<typeof insuredLimiter>;

/** The failures from one address: so many in a window, then none until it is over. */
export class AddressFailures {
  private readonly window: Limiter;

  constructor(redis: Redis, limit: FailureLimit) {
    const { failures: points, windowMs: durationMs } = limit;
    this.window = insuredLimiter(redis, { name: 'address', points, durationMs });
  }

  /** How many more may fail, 1 at least; `ERR_RATE_LIMITED` where none may. */
  left(key: string): Promise<number> {
    return leftOf(this.window, key, 'Too many failed sign-ins from this address');
  }

  async add(key: string): Promise<void> {
    await this.window.penalty(key);
  }

  /** Where attempts from this address take turns. */
  queue(key: string): SharedQueue {
    const window = this.window.getKey(key);
    // An address that many share has no row that a success would end.
    return { counters: [window, `${window}:row`], failures: this.window.points };
  }
}

const LONGEST_LOCK_MS = 86_400_000;
/** For so long failures count as being in a row if no success comes between. */
const ROW_MS = 604_800_000;
/** From here on each single failure locks for the longest time (NIST SP 800-63B-4 3.2.2: 100 in a row at most). */
export const MOST_IN_A_ROW = 100;

/**
 * The failures of one account. So many in a window lock it: the first time as long as the window, then each time twice
 * as long, a day at most. A success begins anew.
 */
export class AccountFailures {
  private readonly window: Limiter;
  private readonly row: Limiter;

  constructor(
    redis: Redis,
    private readonly limit: FailureLimit,
  ) {
    const { failures: points, windowMs: durationMs } = limit;
    this.window = insuredLimiter(redis, { name: 'account', points, durationMs });
    this.row = insuredLimiter(redis, { name: 'account-row', points: MOST_IN_A_ROW, durationMs: ROW_MS });
  }

  /** How many more may fail, 1 at least; `ERR_RATE_LIMITED` while the account is locked. */
  left(key: string): Promise<number> {
    return leftOf(
      this.window,
      key,
      'Too many failed sign-ins for this account: wait as long as Retry-After says',
    );
  }

  async add(key: string): Promise<void> {
    const [inWindow, inRow] = await Promise.all([this.window.penalty(key), this.row.penalty(key)]);
    // Exactly the one that makes it full: failures that were under way on other instances lock no second time.
    const isFull = inWindow.consumedPoints === this.limit.failures;
    if (isFull || inRow.consumedPoints >= MOST_IN_A_ROW) await this.lock(key, inRow.consumedPoints);
  }

  async forget(key: string): Promise<void> {
    await Promise.all([this.window.delete(key), this.row.delete(key)]);
  }

  /** Where attempts on this account take turns. */
  queue(key: string): SharedQueue {
    return {
      counters: [this.window.getKey(key), this.row.getKey(key)],
      failures: this.limit.failures,
    };
  }

  private async lock(key: string, inRow: number): Promise<void> {
    const { failures, windowMs } = this.limit;
    const locks = Math.max(1, Math.floor(inRow / failures));
    const longestMs = Math.max(windowMs, LONGEST_LOCK_MS);
    const growingMs = Math.min(windowMs * 2 ** (locks - 1), longestMs);
    const lockMs = inRow >= MOST_IN_A_ROW ? longestMs : growingMs;
    await this.window.block(key, Math.ceil(lockMs / 1000));
  }
}

async function leftOf(window: Limiter, key: string, detail: string): Promise<number> {
  const counted = await window.get(key);
  const left = window.points - (counted?.consumedPoints ?? 0);
  if (left < 1) throw rateLimited(detail, counted?.msBeforeNext ?? 0);
  return left;
}
