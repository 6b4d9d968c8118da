import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** Repeats what fails until it does not; rejects with its last failure, also where it never comes to an end. */
export async function eventually<T>(operation: () => Promise<T> | T): Promise<T> {
  const over = new AbortController();
  const { signal } = over;
  let last: unknown = new Error('It has not come to an end.');
  const late = sleep(PATIENCE_MS, undefined, { signal }).then(() => Promise.reject(last));
  const attempts = async (): Promise<T> => {
    for (;;) {
      try {
        return await operation();
      } catch (error) {
        last = error;
        await sleep(20, undefined, { signal });
      }
    }
  };
  late.catch(() => undefined);
  try {
    return await Promise.race([attempts(), late]);
  } finally {
    over.abort();
  }
}
