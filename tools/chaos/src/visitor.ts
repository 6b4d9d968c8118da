import { UnexpectedAnswer, type Device } from '@holdfast/fleet-client';
import { SessionBook } from './session-book.js';

/** One client with one session, and what it knows of it. */
export class Visitor {
  readonly book = new SessionBook();
  /** A client refreshes one at a time: two at once, half a minute apart, would look like theft. */
  isRefreshing = false;

  constructor(
    readonly device: Device,
    /** When its sign-in was sent, on the clock of `performance.now()`. */
    readonly begunAtMs: number,
  ) {}
}

/** The status of a call that may not be answered: 0 where the connection broke or the time was up. */
export async function statusOf(call: Promise<{ readonly status: number }>): Promise<number> {
  try {
    return (await call).status;
  } catch (error) {
    return error instanceof UnexpectedAnswer ? error.answer.status : 0;
  }
}

/** What an answer is called in the table: nothing for a success. */
export function reasonOf(status: number): string | undefined {
  if (status === 0) return 'no answer';
  return status >= 200 && status < 300 ? undefined : String(status);
}
