import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { Priority } from '@holdfast/balancer-core';

const INTERVAL_MS = 250;
const RESOLUTION_MS = 10;
const NANOSECONDS = 1e6;
/** A loop that turns late for want of work waits for a processor that others have: shedding would not help it. */
const BUSY = 0.95;
/** Normal requests are shed at so many times the delay at which low ones are. */
const NORMAL_FACTOR = 4;

/** How a worker's event loop did for a while. */
export interface LoopReading {
  /** By how much its turns were late, in the median, in milliseconds. */
  readonly delayMs: number;
  /** Which part of the time it had work to do, 0 to 1. */
  readonly utilization: number;
}

/** Whether a worker that did so sheds requests of a priority: low ones from `limitMs` on, normal ones from four times that, high ones never. */
export function shedsAt({ delayMs, utilization }: LoopReading, limitMs: number, priority: Priority): boolean {
  if (priority === 'high' || utilization < BUSY) return false;
  return delayMs >= (priority === 'low' ? limitMs : NORMAL_FACTOR * limitMs);
}

/** Watches the worker's own event loop: whatever the services can take, what cannot be turned to in time is refused. */
export class EventLoopGuard {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #timer: NodeJS.Timeout;
  #since: EventLoopUtilization = performance.eventLoopUtilization();
  #reading: LoopReading = { delayMs: 0, utilization: 0 };

  /** @param limitMs - 0: it sheds nothing */
  constructor(private readonly limitMs: number) {
    if (limitMs > 0) this.#histogram.enable();
    this.#timer = setInterval(() => this.#read(), INTERVAL_MS).unref();
  }

  sheds(priority: Priority): boolean {
    return this.limitMs > 0 && shedsAt(this.#reading, this.limitMs, priority);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }

  #read(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#since);
    this.#since = now;
    // What it measures is the time between its turns, which are due at its resolution.
    const delayMs = Math.max(0, this.#histogram.percentile(50) / NANOSECONDS - RESOLUTION_MS);
    this.#reading = { delayMs, utilization };
    this.#histogram.reset();
  }
}
