/** A run that lasted this long after it was ready was no crash at once. */
export const STEADY_AFTER_MS = 2_000;
const FREE_ATTEMPTS = 3;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next start: the plain delay at first; where several runs in a row (`quickEnds`) ended before
 * they were ready, or at once after, twice as long each time, 30 s at most.
 */
export function restartDelay(restartDelayMs: number, quickEnds: number): number {
  const doublings = Math.max(0, quickEnds - FREE_ATTEMPTS);
  if (doublings === 0) return restartDelayMs;
  const backoff = Math.max(restartDelayMs, 250) * 2 ** Math.min(doublings, 16);
  return Math.max(restartDelayMs, Math.min(backoff, LONGEST_MS));
}
