/**
 * `closed`: requests pass. `open`: none does. `half-open`: its time is over, and one request at a time finds out whether
 * all may pass again.
 */
export type CircuitState = 'closed' | 'open' | 'half-open';

/** How long circuits stay open, in milliseconds. */
export interface CircuitSettings {
  /** The first time; the n-th time in a row n times as long. */
  readonly ejectionMs: number;
  readonly longestEjectionMs: number;
}

/** A probe that has told nothing by then is given up, and another one may go: an event stream never tells anything. */
const PROBE_MS = 1_000;

/**
 * Keeps requests from an instance that fails, and lets them back one by one. Opening it is up to who counts failures.
 * Sources: Nygard, "Release It!" (2007); the times are those of Envoy's outlier detection.
 */
export class Circuit {
  #closed = true;
  #openings = 0;
  #openUntil = Number.NEGATIVE_INFINITY;
  #nextProbeAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly settings: CircuitSettings) {}

  state(now: number): CircuitState {
    if (this.#closed) return 'closed';
    return now < this.#openUntil ? 'open' : 'half-open';
  }

  /** Until when it is open; `undefined` if it is not. */
  openUntil(now: number): number | undefined {
    return this.state(now) === 'open' ? this.#openUntil : undefined;
  }

  /** Whether a request may pass now. */
  lets(now: number): boolean {
    const state = this.state(now);
    return state === 'closed' || (state === 'half-open' && now >= this.#nextProbeAt);
  }

  /** A request was sent. While half-open it is the probe. */
  noteSent(now: number): void {
    if (this.state(now) === 'half-open') this.#nextProbeAt = now + PROBE_MS;
  }

  /** Opens it, for longer each time in a row. Nothing if it is open: what was under way then fails as well. */
  open(now: number): void {
    if (this.state(now) === 'open') return;
    const { ejectionMs, longestEjectionMs } = this.settings;
    const calm = now - this.#openUntil > longestEjectionMs;
    this.#openings = calm ? 1 : this.#openings + 1;
    this.#openUntil = now + Math.min(ejectionMs * this.#openings, longestEjectionMs);
    this.#nextProbeAt = this.#openUntil;
    this.#closed = false;
  }

  /** Ends the time that it is open: there is reason to probe. */
  expire(now: number): void {
    this.#openUntil = Math.min(this.#openUntil, now);
    this.#nextProbeAt = Math.min(this.#nextProbeAt, now);
  }

  /** A request went well: closes it if it is half-open. One that went well while it is open was sent before. */
  noteFine(now: number): void {
    if (this.state(now) === 'half-open') this.#closed = true;
  }
}
