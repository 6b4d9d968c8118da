import type { Clock } from './clock.js';
import { monotonicClock } from './clock.js';
import { median, UsualLatency } from './usual-latency.js';

/** Between which numbers of requests in flight a limit moves. */
export interface ConcurrencySettings {
  /** The least, at which it also learns what is usual. Default 16. */
  readonly floor: number;
  /** Where it begins, before anything is known. Default 64. */
  readonly initial: number;
  /** The most. Default 1,000. */
  readonly ceiling: number;
}

/** What holds where nothing else is set. */
export const DEFAULT_CONCURRENCY: ConcurrencySettings = { floor: 16, initial: 64, ceiling: 1_000 };

/** One answer that was good, or that somebody waited for in vain. */
export interface LatencySample {
  /** What was asked for, of a bounded set: latencies of a kind are compared with each other. */
  readonly kind: string;
  /** From the service's turn to the head of its answer, in milliseconds. */
  readonly latencyMs: number;
  /**
   * Nobody waited for the answer: it would have taken longer. Counts only if that is too long already, or only those would
   * be seen that the overload has spared. Default: it came.
   */
  readonly isUnanswered?: boolean;
}

const WINDOW_MS = 500;
const LEAST_SAMPLES = 20;
/** Twice as slow as usual is where queueing begins to cost more than it brings. */
const TOLERANCE = 2;
/** One window takes away half at most: what slowed it may be over already. */
const LEAST_GRADIENT = 0.5;

/**
 * How many requests a service may have in flight, found out from its latencies. While answers of a window take, in the
 * median, less than twice what is usual for their kind, it grows by its square root; beyond that it shrinks in proportion,
 * by half at most. It moves only while at least half of it is used. What is usual is learned where nothing can queue:
 * while little is in flight, and at the floor; so a service that has become slow for good gets its limit back.
 *
 * The median leaves one slow instance to the balancer. What began before `distrust` was last called is no sample.
 *
 * Source: the gradient of Netflix' concurrency-limits (`Gradient2Limit`), and of Envoy's adaptive concurrency filter the
 * headroom of a square root, the median of a window and the minimum that is measured at the least concurrency.
 */
export class ConcurrencyLimit {
  readonly #settings: ConcurrencySettings;
  readonly #usual = new UsualLatency();
  #limit: number;
  #samples: LatencySample[] = [];
  #peak = 0;
  #windowFrom: number;
  #trustedFrom = -Infinity;
  #latencyMs = 0;
  #usualMs = 0;

  constructor(
    settings: Partial<ConcurrencySettings> = {},
    private readonly clock: Clock = monotonicClock,
  ) {
    this.#settings = { ...DEFAULT_CONCURRENCY, ...settings };
    const { floor, initial, ceiling } = this.#settings;
    if (!(floor >= 1 && floor <= ceiling)) throw new RangeError('1 <= floor <= ceiling must hold.');
    this.#limit = Math.min(ceiling, Math.max(floor, initial));
    this.#windowFrom = clock.now();
  }

  /** Requests that may be in flight; whole. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  get ceiling(): number {
    return this.#settings.ceiling;
  }

  /** The median latency of the last window, in milliseconds; 0 before there was one. */
  get latencyMs(): number {
    return this.#latencyMs;
  }

  /** What of that is usual for what was asked for. */
  get usualMs(): number {
    return this.#usualMs;
  }

  /** How long this kind takes while nothing queues, in milliseconds; 0 before that is known. */
  usualMsOf(kind: LatencySample['kind']): number {
    return this.#usual.of(kind);
  }

  /** Takes one, and how many were in flight with it. */
  observe(sample: LatencySample, inFlight: number): void {
    const now = this.clock.now();
    if (now - sample.latencyMs < this.#trustedFrom) return;
    if (sample.isUnanswered && this.#usual.slowness(sample.kind, sample.latencyMs) <= TOLERANCE) return;
    this.#samples.push(sample);
    this.#peak = Math.max(this.#peak, inFlight);
    if (now - this.#windowFrom >= WINDOW_MS && this.#samples.length >= LEAST_SAMPLES) this.#close(now);
  }

  /** Latencies say nothing of the load at this moment: all wait for something that they share. */
  distrust(): void {
    this.#trustedFrom = this.clock.now();
    this.#begin(this.#trustedFrom);
  }

  #close(now: number): void {
    const slowness = median(
      this.#samples.map(({ kind, latencyMs }) => this.#usual.slowness(kind, latencyMs)),
    );
    this.#latencyMs = median(this.#samples.map(({ latencyMs }) => latencyMs));
    this.#usualMs = median(this.#samples.map(({ kind }) => this.#usual.of(kind)));
    const isUsed = this.#peak >= this.#limit / 2;
    const isUnloaded = !isUsed || this.limit <= this.#settings.floor;
    for (const [kind, latencies] of byKind(this.#samples)) this.#usual.learn(kind, latencies, isUnloaded);
    if (isUsed) this.#move(slowness);
    this.#begin(now);
  }

  #move(slowness: number): void {
    const { floor, ceiling } = this.#settings;
    const gradient = Math.min(1, Math.max(LEAST_GRADIENT, TOLERANCE / slowness));
    const headroom = Math.sqrt(this.#limit);
    this.#limit = Math.min(ceiling, Math.max(floor, this.#limit * gradient + headroom));
  }

  #begin(now: number): void {
    this.#samples = [];
    this.#peak = 0;
    this.#windowFrom = now;
  }
}

function byKind(samples: readonly LatencySample[]): ReadonlyMap<string, number[]> {
  const kinds = new Map<string, number[]>();
  for (const { kind, latencyMs, isUnanswered } of samples) {
    if (isUnanswered) continue;
    const latencies = kinds.get(kind);
    if (latencies) latencies.push(latencyMs);
    else kinds.set(kind, [latencyMs]);
  }
  return kinds;
}
