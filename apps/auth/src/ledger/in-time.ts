import { isDatabaseUnavailable } from '@holdfast/postgres';
import { LedgerUnavailableError } from '@holdfast/session-core';

/** How long the ledger is waited for. */
export const PATIENCE_MS = 1_000;

/**
 * Waits for the ledger's answer, but not for long. What comes later is nobody's any more.
 *
 * @throws LedgerUnavailableError where Postgres is away, hangs or refuses; any other error as it is
 */
export async function inTime<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LedgerUnavailableError()), PATIENCE_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    throw isDatabaseUnavailable(error) ? new LedgerUnavailableError(undefined, { cause: error }) : error;
  } finally {
    clearTimeout(timer);
  }
}
