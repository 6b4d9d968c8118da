import { StoreUnavailableError } from './errors.js';
import type { NearCache, Ticket } from './near-cache.js';
import { STALENESS_BOUND_MS, type RoutePolicy } from './route-policy.js';
import type { EndedSession, LiveSession, SessionLookup } from './session.js';
import type { SessionIds } from './session-ids.js';
import { judge } from './session-policy.js';
import type { SessionStore } from './session-store.js';

/**
 * How a process stands to the store. `fresh`: it hears of everything; `direct`: the store is believed, but what is
 * journalled is not heard, so each request asks; `suspect`: the store answers and is not believed; `dark`: it does not.
 */
export type StoreState = 'fresh' | 'direct' | 'suspect' | 'dark';

/** What is known of a session, and how old that is. */
export interface Confirmed<L = SessionLookup> {
  readonly found: L;
  /** How long ago the store last confirmed it, in milliseconds. 0 if it was asked, and for what is final. */
  readonly ageMs: number;
}

/** What `NearSessions` are made of. */
export interface NearSessionsDeps {
  readonly cache: NearCache;
  readonly store: Pick<SessionStore, 'read' | 'now'>;
  readonly ids: Pick<SessionIds, 'parse'>;
  /** At this moment. */
  readonly state: () => StoreState;
  /** A monotonic clock, in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
  /** Hears of each request that was served although the store could not be asked. */
  readonly onStale?: (policy: RoutePolicy, ageMs: number) => void;
  /** Hears of each session that is looked for: its age in milliseconds where it is near, `undefined` where somebody is asked. */
  readonly onLook?: (ageMs: number | undefined) => void;
}

const ABSENT: Confirmed = { found: { state: 'absent' }, ageMs: 0 };

/**
 * Sessions from the near cache: no store is asked while the journal is heard. While the store is away a session is
 * served that was confirmed recently enough for the route's policy.
 */
export class NearSessions {
  readonly #deps: NearSessionsDeps;
  readonly #now: () => number;
  readonly #flights = new Map<string, Flight>();

  constructor(deps: NearSessionsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? (() => performance.now());
  }

  /**
   * What is known of a session: at once where it is near.
   *
   * @throws StoreUnavailableError (rejects) if the store cannot be asked and nothing recent enough is known
   */
  confirm(sessionId: string, policy: RoutePolicy): Confirmed | Promise<Confirmed> {
    const near = this.#deps.cache.look(sessionId, this.#now());
    if (near?.isCurrent) {
      const isAsItWas = this.#deps.store.now() < near.unchangedUntil;
      const found = isAsItWas ? near.session : this.#judge(near.session);
      // What was touched meanwhile is not idle: only the store knows.
      if (found.state === 'live' || found.because !== 'idle') {
        this.#deps.onLook?.(near.ageMs);
        return { found, ageMs: near.ageMs };
      }
    }
    const parsed = this.#deps.ids.parse(sessionId);
    if (!parsed) return ABSENT;
    const ended = this.#deps.cache.endOf(parsed.name);
    if (ended) return { found: ended, ageMs: 0 };
    this.#deps.onLook?.(undefined);
    return this.#ask(sessionId, parsed.name, policy);
  }

  async #ask(sessionId: string, name: string, policy: RoutePolicy): Promise<Confirmed> {
    const state = this.#deps.state();
    if (state === 'suspect' || state === 'dark') {
      const known = this.#recent(sessionId, policy);
      if (known) return known;
    }
    try {
      const found = await this.#read(sessionId, name);
      // What was heard meanwhile is later than what was read.
      return { found: this.#deps.cache.endOf(name) ?? found, ageMs: 0 };
    } catch (error) {
      const known = error instanceof StoreUnavailableError && this.#recent(sessionId, policy);
      if (!known) throw error;
      return known;
    }
  }

  /** What was confirmed recently enough; `undefined` also of what only the store can tell. */
  #recent(sessionId: string, policy: RoutePolicy): Confirmed | undefined {
    const near = this.#deps.cache.look(sessionId, this.#now());
    if (!near || near.ageMs > STALENESS_BOUND_MS[policy]) return undefined;
    const found = this.#judge(near.session);
    if (found.state === 'ended') return found.because === 'idle' ? undefined : { found, ageMs: 0 };
    this.#deps.onStale?.(policy, near.ageMs);
    return { found, ageMs: near.ageMs };
  }

  #judge({ record, lastSeenAt }: LiveSession): LiveSession | EndedSession {
    return judge(record, lastSeenAt, this.#deps.store.now());
  }

  /** One read for all who ask while it is under way, unless something is heard of the session meanwhile. */
  #read(sessionId: string, name: string): Promise<SessionLookup> {
    const { cache, store, state } = this.#deps;
    // Whoever asks while nothing is heard could be given what was over before.
    if (state() !== 'fresh') return store.read(sessionId);
    const joined = this.#flights.get(sessionId);
    if (joined && !joined.ticket.isVoid) return joined.answer;
    const ticket = cache.ticket(name, this.#now());
    const answer = store.read(sessionId).then((found) => {
      if (found.state === 'live' && state() === 'fresh') cache.fill(ticket, found);
      if (found.state === 'ended') cache.end(name, found);
      return found;
    });
    const flight = { ticket, answer };
    this.#flights.set(sessionId, flight);
    const land = (): void => {
      cache.discard(ticket);
      if (this.#flights.get(sessionId) === flight) this.#flights.delete(sessionId);
    };
    answer.then(land, land);
    return answer;
  }
}

/** Sessions that nobody keeps near: the store is asked each time. */
export class AskedSessions {
  constructor(private readonly deps: Pick<NearSessionsDeps, 'store' | 'ids'>) {}

  async confirm(sessionId: string): Promise<Confirmed> {
    const { store, ids } = this.deps;
    return ids.parse(sessionId) ? { found: await store.read(sessionId), ageMs: 0 } : ABSENT;
  }
}

/** A read under way. */
interface Flight {
  readonly ticket: Ticket;
  readonly answer: Promise<SessionLookup>;
}
