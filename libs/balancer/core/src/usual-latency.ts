/** How fast what is usual follows what is measured, a window at a time. */
const DOWN = 0.3;
const UP = 0.1;
/** Under this many milliseconds a difference is the machine's, not the load's. */
const NOISE_MS = 5;

/**
 * How long answers of each kind usually take while nobody waits. Kinds differ by nature (a page, a placed order), so a
 * latency says something only beside the usual one of its own kind: a change in what is asked for is no overload.
 */
export class UsualLatency {
  readonly #usualMs = new Map<string, number>();

  /** What is usual for a kind, in milliseconds; 0 of the first. */
  of(kind: string): number {
    return this.#usualMs.get(kind) ?? 0;
  }

  /** How many times slower than usual an answer was; 1 for the first of its kind. */
  slowness(kind: string, latencyMs: number): number {
    const usualMs = this.#usualMs.get(kind);
    return usualMs === undefined ? 1 : latencyMs / (usualMs + NOISE_MS);
  }

  /**
   * Learns from the latencies of one kind in one window.
   *
   * @param isUnloaded - nothing queued at the service, so that what took longer is what it takes. What took less is
   * always believed.
   */
  learn(kind: string, latenciesMs: readonly number[], isUnloaded: boolean): void {
    const usualMs = this.#usualMs.get(kind);
    // The fastest: whoever meets a service that is overloaded already sees no other that is near the truth.
    if (usualMs === undefined) return void this.#usualMs.set(kind, Math.min(...latenciesMs));
    const middleMs = median(latenciesMs);
    const pace = middleMs < usualMs ? DOWN : isUnloaded ? UP : 0;
    this.#usualMs.set(kind, usualMs + (middleMs - usualMs) * pace);
  }
}

/** The middle one; of an even number the upper of the two. `NaN` without any. */
export function median(values: readonly number[]): number {
  // Typed arrays sort numbers without asking a comparator, which is several times faster for the thousands of a busy window.
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
