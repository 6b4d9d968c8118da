import {
  carryOut,
  type LedgerEntry,
  type RevocationLedger,
  type SessionsEnded,
  type SessionStore,
} from '@holdfast/session-core';
import { NotBelievedError } from './access.js';
import type { Belief } from './belief.js';
import type { Redis } from './create-redis.js';
import { MARK, RECON_KEY, type ServerView } from './recon-scripts.js';

const ROUND_EVERY_MS = 500;
const ROUND_AGAIN_MS = 100;
const BATCH = 500;
/** As long as what was recorded is left to whoever recorded it. */
const OWN_TURN_MS = 1_000;

/** How a `Reconciler` is made. */
export interface ReconcilerOptions {
  readonly ledger: RevocationLedger;
  /** A store over `belief.unfenced`: it writes to what nobody believes yet. */
  readonly store: SessionStore;
  readonly belief: Belief;
  /** The write connection of the belief: at each `ready` of it a round begins. */
  readonly write: Redis;
  /** Hears of the sessions that a replay has ended. */
  readonly onEnded?: (ended: SessionsEnded) => void;
  /** Hears of the first failure of a row, and of its end (`undefined`). */
  readonly onTrouble?: (failure: Error | undefined) => void;
}

/**
 * Brings a data set to where the ledger is, and only then has it believed: after a failover to a replica that lags,
 * after a restart with old data or none, and after a crash between an entry and what it meant (an outbox). One loop
 * does all three: what the ledger has above the sequence that the data set has seen is carried out. In a data set that
 * is reconciled that has a second's time: whoever recorded it carries it out, and says what it ended. Several may run
 * at the same time. A ledger that is away leaves a reconciled data set believed and any other one not.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #wake = (): void => this.poke();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #looked: Look | undefined;
  #settled = 0;
  #isAskedFor = false;
  #isTroubled = false;
  #isClosed = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    options.write.on('ready', this.#wake);
    this.poke();
  }

  /** Begins a round at once, or another one after that which is under way. */
  poke(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#isAskedFor = this.#round !== undefined;
    this.#round ??= this.#run();
  }

  /** Resolves when the round that is under way is over. Closes neither store nor ledger. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#options.write.off('ready', this.#wake);
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #run(): Promise<void> {
    const failure = await this.#reconcile().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
    );
    this.#tell(failure);
    this.#round = undefined;
    if (this.#isClosed) return;
    const pauseMs = failure ? ROUND_AGAIN_MS : ROUND_EVERY_MS;
    this.#timer = setTimeout(this.#wake, this.#isAskedFor ? 0 : pauseMs);
  }

  async #reconcile(): Promise<void> {
    const { belief, ledger } = this.#options;
    const view = await belief.look();
    if (!view.isPrimary) throw new NotBelievedError('This server is a replica.');
    // Looked at before: the ledger has no less now, unless it was restored from a backup.
    const last = await ledger.lastSequence();
    const settled = this.#settledOf(last);
    const isReset = last < view.sequence;
    if (view.isReconciled && !isReset) {
      await this.#catchUp(view, view.sequence, settled);
      return;
    }
    const sequence = await this.#catchUp(view, isReset ? 0 : view.sequence, Infinity);
    await this.#mark(view, sequence, { isReset, isDone: true });
    belief.poke();
  }

  /** The last sequence that was there a while ago. By this process's clock alone: the ledger's may differ. */
  #settledOf(sequence: number): number {
    const now = performance.now();
    if (this.#looked && now - this.#looked.at < OWN_TURN_MS) return this.#settled;
    this.#settled = this.#looked?.sequence ?? 0;
    this.#looked = { sequence, at: now };
    return this.#settled;
  }

  /** Carries out what is above one sequence and not above another; answers the last one. */
  async #catchUp(view: ServerView, from: number, upTo: number): Promise<number> {
    for (let sequence = from; ;) {
      const { server } = this.#options.belief;
      const above = await this.#options.ledger.entriesAbove(sequence, BATCH);
      const entries = above.filter((entry) => entry.sequence <= upTo);
      if (entries.length === 0) return sequence;
      await Promise.all(entries.map((entry) => this.#carryOut(entry)));
      if (this.#options.belief.server !== server) throw new NotBelievedError('The connection was lost.');
      sequence = Math.max(...entries.map((entry) => entry.sequence));
      await this.#mark(view, sequence, { isReset: false, isDone: false });
    }
  }

  async #carryOut(entry: LedgerEntry): Promise<void> {
    const { ended } = await carryOut(this.#options.store, entry);
    if (ended && ended.sessionIds.length > 0) this.#options.onEnded?.(ended);
  }

  async #mark(view: ServerView, sequence: number, { isReset, isDone }: Mark): Promise<void> {
    const { belief, ledger } = this.#options;
    const fixed = [view.identity, String(sequence), isReset ? 'reset' : '', isDone ? 'done' : ''];
    for (let above = view.term; ;) {
      // In Postgres, never in Redis, whose count may go back: an entry's id must never name two entries.
      const term = isDone ? await ledger.nextTerm(above) : 0;
      const [outcome, last] = await belief.unfenced.write(MARK, RECON_KEY, [...fixed, String(term)]);
      if (outcome === 'marked') return;
      if (outcome !== 'term') throw new NotBelievedError('Another server has taken its place.');
      above = Number(last);
    }
  }

  #tell(failure: Error | undefined): void {
    if (this.#isTroubled === (failure !== undefined) || this.#isClosed) return;
    this.#isTroubled = failure !== undefined;
    this.#options.onTrouble?.(failure);
  }
}

/** The last sequence, and when it was the last, by `performance.now()`. */
interface Look {
  readonly sequence: number;
  readonly at: number;
}

interface Mark {
  /** The sequence counts even if it is lower. */
  readonly isReset: boolean;
  /** Nothing is left. */
  readonly isDone: boolean;
}

/**
 * Marks the data set of a Redis as reconciled with a ledger that has no entries. For tests of services that run
 * without who reconciles.
 */
export async function markReconciled(redis: Redis): Promise<void> {
  for (let term = 1; ;) {
    const [outcome, last] = await MARK.run(redis, RECON_KEY, ['', '0', '', 'done', String(term)]);
    if (outcome !== 'term') return;
    term = Number(last) + 1;
  }
}
