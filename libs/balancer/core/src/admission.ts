import { DEFAULT_ADMISSION, type AdmissionSettings, type Priority } from './admission-settings.js';
import { Bag } from './bag.js';
import { monotonicClock, type Clock } from './clock.js';
import type { ConcurrencyLimit, LatencySample } from './concurrency-limit.js';
import { WaitingLine, type Waiting } from './waiting-line.js';

/** A place in flight. */
export interface Slot {
  /**
   * Gives it back, once; later calls do nothing.
   *
   * @param kind - what was asked for, if how long it took is a sample: a good answer of the first instance that was tried,
   * or one that somebody waited for in vain
   * @param isUnanswered - see `LatencySample`
   */
  release(kind?: LatencySample['kind'], isUnanswered?: boolean): void;
}

/** Who asks for a place. */
export interface Entrant {
  readonly priority: Priority;
  /** How long it can wait, in milliseconds. */
  readonly patienceMs: number;
  /** What it asks for, if that usually takes about the same time (see `LatencySample`). Default: it may take any time. */
  readonly kind?: LatencySample['kind'] | undefined;
  /** Its turn: at once, or later. */
  onTurn(slot: Slot): void;
  /** Its turn will not come. */
  onShed(): void;
}

/** How an `Admission` is made otherwise. */
export interface AdmissionOptions extends Partial<AdmissionSettings> {
  readonly clock?: Clock;
  /**
   * Whether at this moment all wait for something that they share, and what is slow is no overload: then up to the
   * ceiling go, and no latency is learned from. Default: never.
   */
  readonly isExcused?: () => boolean;
}

interface Queued extends Waiting {
  readonly entrant: Entrant;
}

/** In flight, since when. */
interface Held {
  readonly from: number;
  readonly kind: LatencySample['kind'] | undefined;
}

/** What takes longer waits for something else, or is on an instance that hangs: it must not keep the others out. */
const LONGEST_HELD_MS = 3_000;
/**
 * So does what takes so many times as long as its kind usually does, and at least so long: the service waits for its database,
 * say, and has all its strength for other kinds. If it is overload after all, one in so many of what it could do is let in too
 * much.
 */
const HELD_ROUNDS = 20;
const SHORTEST_HELD_MS = 500;
/** Or so many times what the service usually takes: a wait is long beside the answer that it is for. */
const ROUNDS = 4;

/**
 * Lets requests to a service through, as many at a time as its limit says, and queues the others: by priority, and in each
 * in the order in which they came. A burst waits, however many they are, up to `waiting`, as long as their patience.
 *
 * Overload is a queue that stands: not once empty for `burstMs`. Then those that wait are set aside, since what they are
 * for may be gone, and newcomers are served before them; of these only so many queue as have a short wait, the others are
 * shed at once, low before normal. High ones wait in order, for as long as their patience. When all places to wait are
 * taken, the last of a lower priority gives way.
 *
 * It has no timer: call `sweep` several times a second, or who waits in vain is told late.
 *
 * Source: CoDel's distinction of good and bad queues (Nichols and Jacobson, ACM Queue 2012), and its use in servers with
 * newcomers first (Maurer, "Fail at scale", ACM Queue 2015).
 */
export class Admission {
  readonly #line = new WaitingLine<Queued>();
  readonly #settings: AdmissionSettings;
  readonly #clock: Clock;
  readonly #isExcused: () => boolean;
  readonly #held = new Bag<Held>();
  /** Since when somebody waits, without a pause. */
  #queuedFrom = 0;
  #isStanding = false;
  #isFilling = false;

  constructor(
    readonly limit: ConcurrencyLimit,
    { clock = monotonicClock, isExcused = () => false, ...settings }: AdmissionOptions = {},
  ) {
    this.#settings = { ...DEFAULT_ADMISSION, ...settings };
    this.#clock = clock;
    this.#isExcused = isExcused;
  }

  get inFlight(): number {
    return this.#held.size;
  }

  get waiting(): number {
    return this.#line.size;
  }

  /** Whether one that came now would be shed at once. */
  refuses(priority: Priority): boolean {
    if (this.#hasRoom()) return false;
    if (this.#line.size >= this.#settings.waiting && !this.#line.displacedBy(priority)) return true;
    return priority !== 'high' && this.#stands() && this.#wouldWaitMs(priority) > this.#standingWaitMs();
  }

  /** Asks for a place; answers how to withdraw, for who leaves while it waits. */
  enter(entrant: Entrant): () => void {
    if (this.#hasRoom()) {
      entrant.onTurn(this.#take(entrant.kind));
      return nothing;
    }
    if (this.refuses(entrant.priority)) {
      entrant.onShed();
      return nothing;
    }
    if (this.#line.size >= this.#settings.waiting) this.#displace(entrant.priority);
    const { priority } = entrant;
    const since = this.#clock.now();
    if (this.#line.size === 0) this.#begin(since);
    const queued = { entrant, priority, since, until: since + this.#patienceMs(entrant) };
    this.#line.add(queued);
    return () => this.#line.remove(queued);
  }

  /**
   * Sheds whose patience is over, takes places back that are held for longer than 3 s, or than 20 times what is usual for
   * their kind (at least half a second), and lets in whom that, or a change of the limit, has made room for.
   */
  sweep(): void {
    if (this.#isExcused()) this.limit.distrust();
    const now = this.#clock.now();
    for (const { entrant } of this.#line.overdue(now)) entrant.onShed();
    this.#held.removeWhere(({ from, kind }) => now - from >= this.#longestHeldMs(kind));
    this.#fill();
  }

  #take(kindHeld: Held['kind']): Slot {
    const from = this.#clock.now();
    const place = this.#held.add({ from, kind: kindHeld });
    let isOver = false;
    return {
      release: (kind, isUnanswered = false) => {
        if (isOver) return;
        isOver = true;
        if (kind !== undefined) {
          this.#observe({ kind, latencyMs: this.#clock.now() - from, isUnanswered });
        }
        this.#held.remove(place);
        this.#fill();
      },
    };
  }

  #longestHeldMs(kind: Held['kind']): number {
    const usualMs = kind === undefined ? 0 : this.limit.usualMsOf(kind);
    if (usualMs === 0) return LONGEST_HELD_MS;
    return Math.min(LONGEST_HELD_MS, Math.max(SHORTEST_HELD_MS, HELD_ROUNDS * usualMs));
  }

  #observe(sample: LatencySample): void {
    if (this.#isExcused()) this.limit.distrust();
    else this.limit.observe(sample, this.inFlight);
  }

  #fill(): void {
    // Whose turn it is may be done at once, and come back here: the loop below goes on for all.
    if (this.#isFilling || this.#line.size === 0) return;
    this.#isFilling = true;
    while (this.inFlight < this.#most()) {
      const next = this.#line.next();
      if (!next) break;
      if (next.until <= this.#clock.now()) next.entrant.onShed();
      else next.entrant.onTurn(this.#take(next.entrant.kind));
    }
    this.#isFilling = false;
  }

  /** Nobody who waits is overtaken. */
  #hasRoom(): boolean {
    return this.#line.size === 0 && this.inFlight < this.#most();
  }

  #most(): number {
    return this.#isExcused() ? this.limit.ceiling : this.limit.limit;
  }

  #begin(now: number): void {
    this.#queuedFrom = now;
    this.#isStanding = false;
  }

  #displace(by: Priority): void {
    const displaced = this.#line.displacedBy(by);
    if (!displaced) return;
    this.#line.remove(displaced);
    displaced.entrant.onShed();
  }

  /** Whether the queue stands. Asked by newcomers only: without any, it is a burst, whatever it takes. */
  #stands(): boolean {
    if (this.#line.size === 0 || this.#isExcused()) return false;
    if (this.#isStanding) return true;
    this.#isStanding = this.#clock.now() - this.#queuedFrom > this.#settings.burstMs;
    if (this.#isStanding) this.#line.setAside();
    return this.#isStanding;
  }

  /** By those before it (Little's law), or as long as the first of them has waited already, if that is more. */
  #wouldWaitMs(priority: Priority): number {
    const now = this.#clock.now();
    const ofThoseAheadMs = (this.#line.ahead(priority) * this.limit.latencyMs) / this.limit.limit;
    return Math.max(ofThoseAheadMs, now - (this.#line.since(priority) ?? now));
  }

  #standingWaitMs(): number {
    return Math.max(this.#settings.standingWaitMs, ROUNDS * this.limit.usualMs);
  }

  /** What it is told to expect is an estimate: it gets twice that. */
  #patienceMs({ priority, patienceMs }: Entrant): number {
    if (priority === 'high' || !this.#stands()) return patienceMs;
    return Math.min(patienceMs, 2 * this.#standingWaitMs());
  }
}

function nothing(): void {
  // Nobody waits who could leave.
}
