import type { EndedSession, LiveSession } from './session.js';
import { STALENESS_BOUND_MS } from './route-policy.js';
import { unchangedUntil } from './session-policy.js';

const DEFAULT_CAPACITY = 20_000;
const DEFAULT_MAX_BYTES = 32 * 1_024 * 1_024;
const DEFAULT_LIFE_MS = 30_000;
const DEFAULT_MAX_STALENESS_MS = 1_000;
/** Nobody is served from an entry that is older: no policy has a longer bound. */
const LONGEST_BOUND_MS = Math.max(...Object.values(STALENESS_BOUND_MS));
/** What an entry takes without its texts, roughly; measured with `process.memoryUsage`. */
const ENTRY_BYTES = 1_200;
const BYTES_A_CHARACTER = 2;

/** How a `NearCache` is made. Durations are milliseconds. */
export interface NearCacheOptions {
  /**
   * Sessions that are kept at most; the oldest gives way that was not used since it was last considered. Default 20,000.
   * As many ends are kept.
   */
  readonly capacity?: number;
  /** Bytes that they take at most, by estimate. Default 32 MiB. */
  readonly maxBytes?: number;
  /** How long an entry is current, however well it is confirmed. Default 30,000. */
  readonly lifeMs?: number;
  /** How long a confirmation is good. Default 1,000. */
  readonly maxStalenessMs?: number;
}

/** A session as the cache has it. */
export interface Cached {
  readonly session: LiveSession;
  /** How long ago it was last known to be so, in milliseconds. */
  readonly ageMs: number;
  /** Whether it may be served without asking anybody. */
  readonly isCurrent: boolean;
  /** Until then it is what it was, by the store's clock (see `unchangedUntil`). */
  readonly unchangedUntil: number;
}

/** A read in flight: what it brings is kept only if nothing was heard of its session since it began. */
export interface Ticket {
  /** Of the session (see `ParsedSessionId`). */
  readonly name: string;
  readonly beganAt: number;
  readonly isVoid: boolean;
}

interface Entry {
  readonly session: LiveSession;
  readonly name: string;
  readonly readAt: number;
  readonly unchangedUntil: number;
  readonly bytes: number;
  /** Since it was last considered to give way. A mark costs a hit far less than a place at the end of a map. */
  isUsed: boolean;
}

/**
 * The sessions that a process has seen, and the ends that it has heard of. Pure: somebody else follows the journal,
 * and tells it what was heard (`end`, `drop`), up to when everything was heard (`confirm`), and that something may have
 * been missed (`clear`). Times are those of one monotonic clock, in milliseconds.
 *
 * It serves while now < the time of the last confirmation + `maxStalenessMs`, so that neither a cut connection nor a
 * stalled process can make an entry current that is not. A ticket for each read in flight keeps an answer out that was
 * overtaken by what was heard meanwhile.
 */
export class NearCache {
  readonly #capacity: number;
  readonly #maxBytes: number;
  readonly #lifeMs: number;
  readonly #maxStalenessMs: number;
  readonly #entries = new Map<string, Entry>();
  readonly #idOf = new Map<string, string>();
  readonly #ends = new Map<string, EndedSession>();
  readonly #tickets = new Map<string, Set<{ isVoid: boolean }>>();
  #bytes = 0;
  #confirmedAt = -Infinity;

  constructor(options: NearCacheOptions = {}) {
    this.#capacity = options.capacity ?? DEFAULT_CAPACITY;
    this.#maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#lifeMs = options.lifeMs ?? DEFAULT_LIFE_MS;
    this.#maxStalenessMs = options.maxStalenessMs ?? DEFAULT_MAX_STALENESS_MS;
  }

  /** Sessions that are kept. */
  get size(): number {
    return this.#entries.size;
  }

  /** Bytes that they take, by estimate. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Up to when everything that had happened was heard. */
  get confirmedAt(): number {
    return this.#confirmedAt;
  }

  /** Whether a confirmation is good at `now`. */
  isConfirmed(now: number): boolean {
    return now < this.#confirmedAt + this.#maxStalenessMs;
  }

  /** What is known of a session; `undefined` if nothing is that any policy could use. */
  look(sessionId: string, now: number): Cached | undefined {
    const entry = this.#entries.get(sessionId);
    if (!entry) return undefined;
    // Not since it was read: a server that is believed may have been deposed at any time since it was confirmed.
    const ageMs = now - this.#confirmedAt;
    if (ageMs > LONGEST_BOUND_MS) {
      this.#remove(sessionId, entry);
      return undefined;
    }
    entry.isUsed = true;
    const isCurrent = this.isConfirmed(now) && now < entry.readAt + this.#lifeMs;
    return { session: entry.session, ageMs, isCurrent, unchangedUntil: entry.unchangedUntil };
  }

  /** The end of a session that was heard of. It is final. @param name - see `ParsedSessionId` */
  endOf(name: string): EndedSession | undefined {
    return this.#ends.get(name);
  }

  /** Begins a read. Every ticket must be given back, by `fill` or `discard`. */
  ticket(name: string, now: number): Ticket {
    const ticket = { name, beganAt: now, isVoid: false };
    const others = this.#tickets.get(name);
    if (others) others.add(ticket);
    else this.#tickets.set(name, new Set([ticket]));
    return ticket;
  }

  /** Keeps what a read brought, unless its ticket is void or the session is known to be over. Answers whether it did. */
  fill(ticket: Ticket, session: LiveSession): boolean {
    this.discard(ticket);
    if (ticket.isVoid || this.#ends.has(ticket.name)) return false;
    const { sessionId } = session.record;
    const before = this.#entries.get(sessionId);
    if (before) this.#remove(sessionId, before);
    const bytes = bytesOf(session);
    const { name, beganAt: readAt } = ticket;
    const until = unchangedUntil(session);
    this.#entries.set(sessionId, { session, name, readAt, unchangedUntil: until, bytes, isUsed: true });
    this.#idOf.set(ticket.name, sessionId);
    this.#bytes += bytes;
    this.#makeRoom();
    return true;
  }

  /** Gives a ticket back. */
  discard(ticket: Ticket): void {
    const all = this.#tickets.get(ticket.name);
    all?.delete(ticket);
    if (all?.size === 0) this.#tickets.delete(ticket.name);
  }

  /** A session is over. */
  end(name: string, ended: EndedSession): void {
    this.drop(name);
    if (this.#ends.has(name)) return;
    this.#ends.set(name, ended);
    if (this.#ends.size <= this.#capacity) return;
    const [oldest] = this.#ends.keys();
    if (oldest !== undefined) this.#ends.delete(oldest);
  }

  /** A session has changed: it is to be read again. */
  drop(name: string): void {
    for (const ticket of this.#tickets.get(name) ?? []) ticket.isVoid = true;
    const sessionId = this.#idOf.get(name);
    const entry = sessionId === undefined ? undefined : this.#entries.get(sessionId);
    if (sessionId !== undefined && entry) this.#remove(sessionId, entry);
  }

  /** Everything that happened before `at` was heard. Never goes back. */
  confirm(at: number): void {
    this.#confirmedAt = Math.max(this.#confirmedAt, at);
  }

  /** Something may have been missed: every session is to be read again. Ends that were heard of hold. */
  clear(): void {
    for (const all of this.#tickets.values()) for (const ticket of all) ticket.isVoid = true;
    this.#entries.clear();
    this.#idOf.clear();
    this.#bytes = 0;
    this.#confirmedAt = -Infinity;
  }

  #makeRoom(): void {
    // Who is moved behind the others is met again.
    for (const [sessionId, entry] of this.#entries) {
      if (!this.#isFull()) return;
      if (entry.isUsed) {
        entry.isUsed = false;
        this.#entries.delete(sessionId);
        this.#entries.set(sessionId, entry);
      } else this.#remove(sessionId, entry);
    }
  }

  #isFull(): boolean {
    const { size } = this.#entries;
    return size > this.#capacity || (this.#bytes > this.#maxBytes && size > 1);
  }

  #remove(sessionId: string, { name, bytes }: Entry): void {
    this.#entries.delete(sessionId);
    this.#idOf.delete(name);
    this.#bytes -= bytes;
  }
}

function bytesOf({ record: { sessionId, userId, client, roles, cookie } }: LiveSession): number {
  const texts = [sessionId, userId, client.ip, client.userAgent, ...roles, cookie?.hash ?? ''];
  return texts.reduce((bytes, text) => bytes + text.length * BYTES_A_CHARACTER, ENTRY_BYTES);
}
