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

/** What came of a call. */
export interface Outcome {
  /** 0 where the connection broke or the time was up. */
  readonly status: number;
  /** Of the problem, where the answer is one. */
  readonly code?: string | undefined;
}

/** What came of a call that may not be answered. */
export async function outcomeOf(
  call: Promise<{ readonly status: number; readonly body?: unknown }>,
): Promise<Outcome> {
  try {
    return outcomeIn(await call);
  } catch (error) {
    return error instanceof UnexpectedAnswer ? outcomeIn(error.answer) : { status: 0 };
  }
}

/** What an answer came to. */
export function outcomeIn({ status, body }: { readonly status: number; readonly body?: unknown }): Outcome {
  const code = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  return { status, code: typeof code === 'string' ? code : undefined };
}

/** What an answer is called in the table: nothing for a success. */
export function reasonOf({ status, code }: Outcome): string | undefined {
  if (status === 0) return 'no answer';
  if (status >= 200 && status < 300) return undefined;
  return code === undefined ? String(status) : `${status} ${code}`;
}
