import { types } from 'node:util';

const TRIES = 5;

/**
 * Does again what came to nothing for a timeout of somebody else's: a service waits for Postgres for two seconds, and
 * one that is started on a busy machine may have to wait longer. Rejects with any other error, and after five tries.
 */
export async function patiently<T>(task: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await task();
    } catch (error) {
      if (tries === TRIES || !isTimeout(error)) throw error;
    }
  }
}

function isTimeout(error: unknown): boolean {
  if (!types.isNativeError(error)) return false;
  return /timeout/i.test(error.message) || isTimeout(error.cause);
}
