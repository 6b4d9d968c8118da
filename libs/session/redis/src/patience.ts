import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailableError } from '@holdfast/session-core';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 160;

/** Answers of Redis that mean: not now, or not this server. Everything else that it refuses will be refused again. */
const PASSING =
  /\b(READONLY|LOADING|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|BUSY|MISCONF|OOM|UNBLOCKED)\b/;

/**
 * Repeats an operation while the store is away, so that a switch of primaries is a pause and not an error.
 * The operation must be one that may be repeated. It is answered within `patienceMs`, whatever the connection does.
 *
 * @throws StoreUnavailableError with the last failure as its cause
 */
export async function withPatience<T>(patienceMs: number, operation: () => Promise<T>): Promise<T> {
  let last: unknown = new Error('No answer in time.');
  let overdue = false;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      overdue = true;
      reject(new StoreUnavailableError(undefined, { cause: last }));
    }, patienceMs);
  });
  const attempts = async (): Promise<T> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        return await operation();
      } catch (error) {
        last = error;
        if (overdue || !isPassing(error)) throw new StoreUnavailableError(undefined, { cause: error });
      }
      await sleep(pauseMs * (0.5 + Math.random()));
      if (overdue) throw new StoreUnavailableError(undefined, { cause: last });
    }
  };
  try {
    return await Promise.race([attempts(), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof SyntaxError) return false;
  return error.name !== 'ReplyError' || PASSING.test(error.message);
}
