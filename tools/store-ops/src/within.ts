import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 20;

/** Asks again and again until there is an answer; `undefined` once `withinMs` have passed without one. */
export async function within<T>(withinMs: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  const deadlineAt = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined || performance.now() > deadlineAt) return answer;
    await sleep(EVERY_MS);
  }
}
