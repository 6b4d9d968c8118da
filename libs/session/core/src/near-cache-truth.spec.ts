import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NearCache, type Ticket } from './near-cache.js';
import { liveSession } from './spec/live-session.js';

const BOUND_MS = 10;

interface Read {
  readonly ticket: Ticket;
  /** What the store said; `undefined` while it was not asked. */
  said?: 'live' | 'ended';
}

/**
 * A store with one session and a journal that is heard late, but in order; reads that take as long as they like; and a
 * follower that confirms as `Journal` does: up to when the last answered question was sent, after what it brought.
 */
class World {
  readonly cache = new NearCache({ maxStalenessMs: BOUND_MS });
  now = 0;
  endedAt = Infinity;
  #reads: Read[] = [];
  /** When the question was sent that is under way, and what was journalled when the store answered it. */
  #question: { readonly sentAt: number; brings?: 'nothing' | 'the end' } | undefined;
  #hasHeard = false;

  readonly does = {
    passes: () => void (this.now += 3),
    ends: () => void (this.endedAt = Math.min(this.endedAt, this.now)),
    beginsRead: () => {
      if (!this.cache.endOf('a')) this.#reads.push({ ticket: this.cache.ticket('a', this.now) });
    },
    storeAnswersRead: () => {
      const asked = this.#reads.find(({ said }) => said === undefined);
      if (asked) asked.said = this.#isOver ? 'ended' : 'live';
    },
    readLands: () => {
      const at = this.#reads.findIndex(({ said }) => said !== undefined);
      const [read] = at < 0 ? [] : this.#reads.splice(at, 1);
      if (read?.said === 'live') this.cache.fill(read.ticket, SESSION);
      else if (read) this.cache.discard(read.ticket);
    },
    asksJournal: () => void (this.#question ??= { sentAt: this.now }),
    storeAnswersJournal: () => {
      if (this.#question) this.#question.brings ??= this.#isOver && !this.#hasHeard ? 'the end' : 'nothing';
    },
    journalLands: () => {
      if (!this.#question?.brings) return;
      if (this.#question.brings === 'the end') this.#hear();
      this.cache.confirm(this.#question.sentAt);
      this.#question = undefined;
    },
    losesJournal: () => {
      this.#question = undefined;
      this.cache.clear();
    },
  };

  /** Whether it serves the session as live without asking anybody. */
  get serves(): boolean {
    return this.cache.look(SESSION.record.sessionId, this.now)?.isCurrent ?? false;
  }

  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  get #isOver(): boolean {
    return this.endedAt <= this.now;
  }

  #hear(): void {
    this.#hasHeard = true;
    this.cache.end('a', { state: 'ended', because: 'logout', endedAt: this.endedAt });
  }
}

const SESSION = liveSession();
type Deed = keyof World['does'];
const OFTEN: readonly Deed[] = [
  'beginsRead',
  'storeAnswersRead',
  'readLands',
  'asksJournal',
  'storeAnswersJournal',
  'journalLands',
];
const anyDeed = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(...OFTEN) },
  { weight: 4, arbitrary: fc.constant<Deed>('passes') },
  fc.constant<Deed>('ends'),
  fc.constant<Deed>('losesJournal'),
);

it('never serves a session longer than its bound after it has ended, nor once it has heard of that', () => {
  let served = 0;
  fc.assert(
    fc.property(fc.array(anyDeed, { minLength: 30, maxLength: 120 }), (deeds) => {
      const world = new World();
      for (const deed of deeds) {
        world.does[deed]();
        if (!world.serves) continue;
        served += 1;
        expect(world.now).toBeLessThan(world.endedAt + BOUND_MS);
        expect(world.hasHeard).toBe(false);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(served).toBeGreaterThan(10_000);
});
