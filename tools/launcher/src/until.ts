import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until the answer is yes; `false` once `withinMs` have passed or `giveUp` says so. */
export async function until(
  ask: () => Promise<boolean> | boolean,
  options: { withinMs: number; everyMs?: number; giveUp?: () => boolean },
): Promise<boolean> {
  const deadlineAt = performance.now() + options.withinMs;
  for (;;) {
    if (options.giveUp?.() === true) return false;
    if (await ask()) return true;
    if (performance.now() > deadlineAt) return false;
    await sleep(options.everyMs ?? 25);
  }
}
