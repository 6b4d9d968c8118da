import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { unchangedUntil } from './session-policy.js';
import { NearCache, type NearCacheOptions, type Ticket } from './near-cache.js';
import type { EndedSession, LiveSession } from './session.js';
import { liveSession } from './spec/live-session.js';

const LOGOUT: EndedSession = { state: 'ended', because: 'logout', endedAt: 1 };
const NAMES = ['a', 'b', 'c', 'd', 'e'];
const idOf = (name: string): string => `id of ${name}`;
const sessionOf = (name: string): LiveSession => liveSession({ sessionId: idOf(name) });

/** Reads a session and keeps it, all at this moment. */
function keep(cache: NearCache, name: string, now: number): boolean {
  return cache.fill(cache.ticket(name, now), sessionOf(name));
}

function confirmed(options: NearCacheOptions = {}): NearCache {
  const cache = new NearCache(options);
  cache.confirm(0);
  return cache;
}

describe('a near cache', () => {
  it('has a session current while everything was heard up to a second ago', () => {
    const cache = confirmed();
    keep(cache, 'a', 0);
    expect(cache.look(idOf('a'), 999)).toMatchObject({ ageMs: 999, isCurrent: true });
    expect(cache.look(idOf('a'), 1_000)).toMatchObject({ ageMs: 1_000, isCurrent: false });
    cache.confirm(900);
    expect(cache.look(idOf('a'), 1_000)).toMatchObject({ ageMs: 100, isCurrent: true });
  });

  it('has a session as old as the last confirmation, not as its last read: who was asked may have been deposed', () => {
    const cache = confirmed();
    keep(cache, 'a', 990);
    expect(cache.look(idOf('a'), 1_500)).toMatchObject({ ageMs: 1_500, isCurrent: false });
  });

  it('never takes a confirmation back', () => {
    const cache = confirmed();
    cache.confirm(500);
    cache.confirm(200);
    expect(cache.confirmedAt).toBe(500);
  });

  it('has a session read again after 30 seconds, however well it is confirmed', () => {
    const cache = confirmed();
    keep(cache, 'a', 0);
    cache.confirm(29_999);
    expect(cache.look(idOf('a'), 29_999)).toMatchObject({ isCurrent: true });
    expect(cache.look(idOf('a'), 30_000)).toMatchObject({ isCurrent: false });
  });

  it('forgets a session that no policy could serve any more', () => {
    const cache = confirmed();
    keep(cache, 'a', 0);
    expect(cache.look(idOf('a'), 60_000)).toBeDefined();
    expect(cache.look(idOf('a'), 60_001)).toBeUndefined();
    expect(cache).toMatchObject({ size: 0, bytes: 0 });
  });

  it.each([
    ['ended', (cache: NearCache) => cache.end('a', LOGOUT)],
    ['changed', (cache: NearCache) => cache.drop('a')],
    ['perhaps missed', (cache: NearCache) => cache.clear()],
  ])('rule 11: keeps a read out that was overtaken by what was heard: %s', (_what, hear) => {
    const cache = confirmed();
    const [ticket, other] = [cache.ticket('a', 0), cache.ticket('a', 0)];
    hear(cache);
    expect([cache.fill(ticket, sessionOf('a')), cache.fill(other, sessionOf('a'))]).toEqual([false, false]);
    expect(cache.size).toBe(0);
  });

  it('keeps what was read of other sessions meanwhile', () => {
    const cache = confirmed();
    const ticket = cache.ticket('a', 0);
    cache.end('b', LOGOUT);
    expect(cache.fill(ticket, sessionOf('a'))).toBe(true);
  });

  it('rule 6: knows an end for good, also after it had to begin anew, and keeps no session that has one', () => {
    const cache = confirmed();
    cache.end('a', LOGOUT);
    cache.end('a', { ...LOGOUT, because: 'revoked' });
    cache.clear();
    cache.confirm(0);
    expect(keep(cache, 'a', 0)).toBe(false);
    expect(cache.endOf('a')).toBe(LOGOUT);
  });

  it('serves nothing after it had to begin anew until it is confirmed again', () => {
    const cache = confirmed();
    keep(cache, 'a', 0);
    cache.clear();
    expect(cache.look(idOf('a'), 0)).toBeUndefined();
    expect(cache.isConfirmed(0)).toBe(false);
  });

  it('is bounded by count, the oldest that was not used lately first, and so are the ends', () => {
    const cache = confirmed({ capacity: 2 });
    for (const name of ['a', 'b', 'c']) keep(cache, name, 0); // each was used once: the oldest gives way
    cache.look(idOf('b'), 0);
    keep(cache, 'd', 0);
    const kept = NAMES.filter((name) => cache.look(idOf(name), 0) !== undefined);
    expect(kept).toEqual(['b', 'd']);
    for (const name of NAMES) cache.end(name, LOGOUT);
    expect(NAMES.map((name) => cache.endOf(name) !== undefined)).toEqual([
      ...[false, false, false],
      ...[true, true],
    ]);
  });

  it('is bounded by bytes, but keeps the one that was read last', () => {
    const cache = confirmed({ maxBytes: 5_000 });
    for (let at = 0; at < 100; at += 1) keep(cache, `session ${at}`, 0);
    expect(cache.size).toBeGreaterThan(1);
    expect(cache.bytes).toBeLessThanOrEqual(5_000);
    const tiny = confirmed({ maxBytes: 1 });
    for (const name of NAMES) keep(tiny, name, 0);
    expect(tiny.size).toBe(1);
  });

  it('does as a naive one does, whatever happens in whichever order', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        const options = { capacity: 3, lifeMs: 40, maxStalenessMs: 10 };
        const [cache, naive] = [new NearCache(options), new NaiveCache(options)];
        for (const step of steps) expect(step(cache)).toEqual(step(naive));
        expect([cache.size, cache.bytes === 0]).toEqual([naive.size, naive.size === 0]);
      }),
      { numRuns: 2_000 },
    );
  });
});

type Cache = Pick<NearCache, Exclude<keyof NearCache, 'bytes' | 'confirmedAt'>>;
type Step = (cache: Cache) => unknown;

/** Tickets by cache, so that the same step takes each one's own. */
const open = new WeakMap<Cache, Ticket[]>();

function ticketsOf(cache: Cache): Ticket[] {
  const tickets = open.get(cache) ?? [];
  open.set(cache, tickets);
  return tickets;
}

const anyName = fc.constantFrom(...NAMES);
const anyTime = fc.integer({ min: 0, max: 100 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(anyName, anyTime).map(begin) },
  { weight: 3, arbitrary: fc.nat(5).map(land) },
  fc.nat(5).map(giveUp),
  { weight: 3, arbitrary: fc.tuple(anyName, anyTime).map(look) },
  anyName.map((name) => (cache: Cache) => cache.end(name, LOGOUT)),
  anyName.map((name) => (cache: Cache) => cache.drop(name)),
  anyName.map((name) => (cache: Cache) => cache.endOf(name)),
  { weight: 2, arbitrary: anyTime.map((at) => (cache: Cache) => cache.confirm(at)) },
  fc.constant((cache: Cache) => cache.clear()),
  anyTime.map((now) => (cache: Cache) => cache.isConfirmed(now)),
);

function begin([name, now]: readonly [string, number]): Step {
  return (cache) => void ticketsOf(cache).push(cache.ticket(name, now));
}

function land(at: number): Step {
  return (cache) => {
    const [ticket] = ticketsOf(cache).splice(at, 1);
    return ticket && cache.fill(ticket, sessionOf(ticket.name));
  };
}

function giveUp(at: number): Step {
  return (cache) => {
    const [ticket] = ticketsOf(cache).splice(at, 1);
    if (ticket) cache.discard(ticket);
  };
}

function look([name, now]: readonly [string, number]): Step {
  return (cache) => cache.look(idOf(name), now);
}

interface NaiveEntry {
  readonly session: LiveSession;
  readonly name: string;
  readonly readAt: number;
  isUsed: boolean;
}

/** The same in lists that are searched from one end to the other. */
class NaiveCache implements Cache {
  #kept: NaiveEntry[] = [];
  #ends: { readonly name: string; readonly ended: EndedSession }[] = [];
  #heard: string[] = [];
  #begun: { readonly ticket: Ticket; readonly heard: number }[] = [];
  #confirmedAt = -Infinity;

  constructor(private readonly options: Required<Omit<NearCacheOptions, 'maxBytes'>>) {}

  get size(): number {
    return this.#kept.length;
  }

  isConfirmed(now: number): boolean {
    return now - this.#confirmedAt < this.options.maxStalenessMs;
  }

  look(sessionId: string, now: number) {
    const entry = this.#kept.find(({ session }) => session.record.sessionId === sessionId);
    if (!entry) return undefined;
    if (this.#confirmedAt === -Infinity) {
      this.#kept = this.#kept.filter((other) => other !== entry);
      return undefined; // a minute never passes here
    }
    entry.isUsed = true;
    const isYoung = now - entry.readAt < this.options.lifeMs;
    return {
      session: entry.session,
      ageMs: now - this.#confirmedAt,
      isCurrent: isYoung && this.isConfirmed(now),
      unchangedUntil: unchangedUntil(entry.session),
    };
  }

  endOf(name: string): EndedSession | undefined {
    return this.#ends.find((end) => end.name === name)?.ended;
  }

  ticket(name: string, now: number): Ticket {
    const ticket = { name, beganAt: now, isVoid: false };
    this.#begun.push({ ticket, heard: this.#heard.length });
    return ticket;
  }

  fill(ticket: Ticket, session: LiveSession): boolean {
    const { name, beganAt } = ticket;
    const from = this.#begun.find((begun) => begun.ticket === ticket)?.heard;
    if (this.#heard.slice(from).some((heard) => heard === name || heard === 'everything')) return false;
    if (this.endOf(name)) return false;
    const others = this.#kept.filter((entry) => entry.name !== name);
    this.#kept = [...others, { session, name, readAt: beganAt, isUsed: true }];
    if (this.#kept.length > this.options.capacity) this.#giveWay();
    return true;
  }

  discard(): void {
    // What is given up is never filled.
  }

  end(name: string, ended: EndedSession): void {
    this.drop(name);
    if (!this.endOf(name)) this.#ends = [...this.#ends, { name, ended }].slice(-this.options.capacity);
  }

  drop(name: string): void {
    this.#heard.push(name);
    this.#kept = this.#kept.filter((entry) => entry.name !== name);
  }

  confirm(at: number): void {
    if (at > this.#confirmedAt) this.#confirmedAt = at;
  }

  /** The first one that was not used, and all that were before it are behind the others and not used. */
  #giveWay(): void {
    const at = this.#kept.findIndex(({ isUsed }) => !isUsed);
    const before = this.#kept.slice(0, at < 0 ? undefined : at);
    for (const entry of before) entry.isUsed = false;
    this.#kept = at < 0 ? this.#kept.slice(1) : [...this.#kept.slice(at + 1), ...before];
  }

  clear(): void {
    this.#heard.push('everything');
    this.#kept = [];
    this.#confirmedAt = -Infinity;
  }
}
