import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** Repeats what fails until it does not; rejects with its last failure. */
export async function eventually<T>(operation: () => Promise<T> | T): Promise<T> {
  const patience = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (performance.now() > patience) throw error;
      await sleep(20);
    }
  }
}
