import type { NearCache, StoreState } from '@holdfast/session-core';
import { setTimeout as sleep } from 'node:timers/promises';
import { NOTHING, type Belief } from './belief.js';
import { BLOCK_MS, type Redis } from './create-redis.js';
import { decodeEntry, entryIdOf, follows, isAsFarAs, type Heard } from './journal-entry.js';
import { ARM, JOURNAL_KEY, RECON_KEY } from './recon-scripts.js';

const AT_ONCE = 500;
const AGAIN_MS = 25;

/** How a `Journal` is made. */
export interface JournalOptions {
  /** A connection of role `journal`, used by nobody else. `close()` ends it. */
  readonly redis: Redis;
  readonly belief: Belief;
  readonly cache: NearCache;
  /** Hears of each entry once it is applied, and before anybody is told that it was heard. Must not throw. */
  readonly onHeard?: (heard: Heard) => void;
}

/** How far a process has followed the journal. */
export interface JournalProgress {
  /** Entries of the present term that are applied. 0 where nothing is followed. */
  readonly position: number;
  /** Everything that was journalled so long ago, in milliseconds, is applied; that of a process that hears all: up to half a second. */
  readonly behindMs: number;
}

/** Where it follows. */
interface Place {
  /** The server in its present part (see `ServerView`). */
  readonly identity: string;
  /** The last entry that was applied. */
  readonly lastId: string;
}

/**
 * Follows the journal, and keeps a near cache true by it. What it promises: a session is served from the cache only
 * while everything that was journalled `maxStalenessMs` ago has been applied.
 *
 * The fence is the time at which the last answered blocking read was *sent*: everything that was journalled before that
 * is applied. The cache is confirmed up to the earlier of the fence and the last good beat, so that neither a server that
 * nobody confirms nor one whose journal is not heard can confirm anything; both must be the same server.
 */
export class Journal {
  readonly #options: JournalOptions;
  readonly #closing = new AbortController();
  readonly #following: Promise<void>;
  #place: Place | undefined;
  #isArmed = false;
  #fence = 0;

  constructor(options: JournalOptions) {
    this.#options = options;
    options.belief.announce(NOTHING);
    options.belief.onBeat(() => this.#confirm());
    options.redis.on('close', () => (this.#isArmed = false));
    this.#following = this.#follow();
  }

  /** How this process stands to the store at this moment. */
  get state(): StoreState {
    const { belief, cache } = this.#options;
    if (belief.state !== 'fresh') return belief.state;
    return this.#isInStep() && cache.isConfirmed(performance.now()) ? 'fresh' : 'direct';
  }

  /** How far this process has followed. */
  get progress(): JournalProgress {
    return {
      position: this.#place ? entryIdOf(this.#place.lastId).count : 0,
      behindMs: performance.now() - this.#fence,
    };
  }

  /** Stops following, and ends its connection. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#options.redis.disconnect();
    await this.#following;
  }

  /** Whether what is heard is what the believed server says. */
  #isInStep(): boolean {
    return this.#isArmed && this.#place?.identity === this.#options.belief.confirmed.identity;
  }

  #confirm(): void {
    if (!this.#isInStep()) return;
    const { belief, cache } = this.#options;
    cache.confirm(Math.min(this.#fence, belief.confirmed.sentAt));
  }

  async #follow(): Promise<void> {
    const { redis } = this.#options;
    while (!this.#closing.signal.aborted) {
      try {
        if (this.#canFollow()) await this.#step();
        else await this.#pause();
      } catch {
        // Whatever it was: an answer that comes late on this connection must not be taken for another one's.
        this.#isArmed = false;
        if (redis.status === 'ready' && !this.#closing.signal.aborted) redis.disconnect(true);
        await this.#pause();
      }
    }
  }

  /** Nothing is to be gained from a server that is not believed, unless it is the one that was. */
  #canFollow(): boolean {
    const { redis, belief } = this.#options;
    return redis.status === 'ready' && (this.#isInStep() || belief.state === 'fresh');
  }

  async #step(): Promise<void> {
    if (!this.#isInStep()) await this.#arm();
    await this.#read();
  }

  async #pause(): Promise<void> {
    await sleep(AGAIN_MS, undefined, { signal: this.#closing.signal, ref: false }).catch(() => undefined);
  }

  /** Goes on where it was, if the server is the same and has that; else everything is to be read again. */
  async #arm(): Promise<void> {
    const { redis, belief } = this.#options;
    const sentAt = performance.now();
    const [identity = '', reconciled, term = '', lastId = ''] = await ARM.run(redis, RECON_KEY, []);
    if (identity !== reconciled || lastId === '') throw new Error('The data set has not been reconciled.');
    if (identity !== belief.confirmed.identity) throw new Error('Another server is believed.');
    const known = this.#place;
    const canResume = known?.identity === identity && isAsFarAs(lastId, known.lastId);
    if (!canResume || entryIdOf(known.lastId).term !== Number(term)) {
      this.#options.cache.clear();
      this.#place = { identity, lastId };
      this.#fence = sentAt;
    }
    this.#isArmed = true;
    this.#confirm();
    this.#announce();
  }

  async #read(): Promise<void> {
    const place = this.#place;
    if (!place) throw new Error('It is not armed.');
    const sentAt = performance.now();
    const entries = await this.#entriesAfter(place.lastId);
    for (const [id, fields] of entries) this.#apply(id, fields);
    if (entries.length > 0) this.#announce();
    // A full answer says nothing of what may have come after it.
    if (entries.length >= AT_ONCE) return;
    this.#fence = sentAt;
    this.#confirm();
  }

  async #entriesAfter(lastId: string): Promise<readonly Entry[]> {
    const { redis } = this.#options;
    const answer = await redis.xread('COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS', JOURNAL_KEY, lastId);
    return answer?.[0]?.[1] ?? [];
  }

  #apply(id: string, fields: readonly string[]): void {
    const place = this.#place;
    if (!place || !follows(id, place.lastId)) {
      this.#options.cache.clear();
      this.#place = undefined;
      throw new Error('An entry of the journal is missing.');
    }
    this.#hear(decodeEntry(fields));
    this.#place = { ...place, lastId: id };
  }

  #hear(heard: Heard): void {
    const { cache, onHeard } = this.#options;
    if (heard.kind === 'ended') for (const name of heard.names) cache.end(name, heard.ended);
    if (heard.kind === 'changed') for (const name of heard.names) cache.drop(name);
    if (heard.kind === 'term') cache.clear();
    onHeard?.(heard);
  }

  #announce(): void {
    if (this.#place) this.#options.belief.announce(`${this.#place.identity} ${this.#place.lastId}`);
  }
}

type Entry = readonly [id: string, fields: readonly string[]];
