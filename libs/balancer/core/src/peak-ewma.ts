/** How fast old latencies are forgotten: after this long a sample weighs 1/e. */
const DECAY_MS = 10_000;
/** The floor, and what an instance without samples is taken for: in flight still tells two such apart. */
const FLOOR_MS = 1;

/**
 * Peak-sensitive moving average of latencies: a slower sample counts at once and in full, a faster one only
 * by and by; and without samples it sinks, so that an instance that was slow is tried again.
 * Source: Finagle's `PeakEwma` (Twitter, 2014).
 */
export class PeakEwma {
  #valueMs = FLOOR_MS;
  #sampledAt: number;

  constructor(now: number) {
    this.#sampledAt = now;
  }

  /** Takes the latency of one request, in milliseconds. */
  observe(latencyMs: number, now: number): void {
    const decayed = this.read(now);
    const weight = Math.exp(-Math.max(0, now - this.#sampledAt) / DECAY_MS);
    const averaged = this.#valueMs * weight + latencyMs * (1 - weight);
    this.#valueMs = latencyMs > decayed ? latencyMs : Math.max(averaged, FLOOR_MS);
    this.#sampledAt = now;
  }

  /** The average now, in milliseconds; never under 1. */
  read(now: number): number {
    const idleMs = Math.max(0, now - this.#sampledAt);
    return Math.max(this.#valueMs * Math.exp(-idleMs / DECAY_MS), FLOOR_MS);
  }
}
