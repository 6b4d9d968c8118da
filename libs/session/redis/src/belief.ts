import { randomUUID } from 'node:crypto';
import { Acknowledgement } from './acknowledgement.js';
import type { Access, NotBelievedError } from './access.js';
import { hangUp, type Redis } from './create-redis.js';
import { doubtOf, elsewhere, lost, notBelieved, type BeliefState, type Doubt } from './doubt.js';
import { GroupedWriter } from './grouped-writer.js';
import { Link, type Server } from './link.js';
import type { LuaScript, ScriptReply } from './lua-script.js';
import { BEAT, decodeView, HEARD, instanceKey, SIGN_OFF, type ServerView } from './recon-scripts.js';
import type { Sentinels } from './sentinels.js';

const BEAT_EVERY_MS = 400;
const BEAT_AGAIN_MS = 50;
const DEFAULT_MAX_STALENESS_MS = 1_000;
const DEFAULT_WAIT_MS = 100;
/** An absence is remembered for so long: whoever could not be answered asks again within this time. */
const AWAY_FOR_MS = 60_000;
/** Up to where a process has heard the journal that asks the store each time. */
export const EVERYTHING = '*';
/** What a beat says of a process that keeps sessions and has heard nothing yet. */
export const NOTHING = 'nothing';
/** What the first beat of a process says. */
const TAKES_OVER = 'first';
/** A beat's key outlives the lease that it gave by far, so that a process that is cut off stays known. */
const BEAT_LIVES = 10;

/** How a `Belief` is made. */
export interface BeliefOptions {
  /** A connection of role `read`. */
  readonly read: Redis;
  /** A connection of role `write`, used by nobody else. */
  readonly write: Redis;
  /** Names this process among all that ever run. */
  readonly instance: string;
  /** `replicated`: replicas must acknowledge beats and writes. `local`: one Redis, whose answer is enough. */
  readonly durability: 'replicated' | 'local';
  /** Asked when not every replica acknowledged. Without, one that did is enough. `close()` ends it. */
  readonly sentinels?: Sentinels | undefined;
  /** For how long an acknowledged beat is good, in milliseconds from when it was sent. Default 1,000. */
  readonly maxStalenessMs?: number;
  /** How long replicas have to acknowledge a group of writes, in milliseconds. Default 100. */
  readonly waitTimeoutMs?: number;
  /** Hears each time that another primary is confirmed than the one before. Must not throw. */
  readonly onFailover?: () => void;
  /** Hears of each change of state, and why. */
  readonly onChange?: (state: BeliefState, reason: string) => void;
}

/**
 * Whether a process may believe the Redis primary that it is connected to. A primary that was deposed, cut off, woken
 * from a hang, or that lost data still answers, and says that ended sessions are live. So it is believed only on a
 * lease: while monotonic now < the time at which the last good beat was sent + `maxStalenessMs`. A beat is good if it
 * was acknowledged as writes are (see `Acknowledgement`) and the data set was reconciled for this very server.
 */
export class Belief implements Access {
  /** The same connections and acknowledgements without the lease: for who reconciles. */
  readonly unfenced: Access;
  readonly maxStalenessMs: number;
  readonly journalling = 'always';
  readonly #options: BeliefOptions;
  /** Of two processes with the id of one instance the later one counts. */
  readonly #process = randomUUID();
  readonly #read: Link;
  readonly #write: Link;
  readonly #writer: GroupedWriter;
  readonly #acknowledgement: Acknowledgement | undefined;
  #lease = { runId: '', identity: '', sentAt: 0, until: 0 };
  /** The primary that was confirmed last. */
  #primary: string | undefined;
  #heard = EVERYTHING;
  #hasTakenOver = false;
  #onBeat: () => void = () => undefined;
  #confirmedAt = performance.now();
  #away = { ms: 0, endedAt: 0 };
  #doubt: Doubt = { state: 'dark', reason: 'Redis has not answered yet.' };
  #told: BeliefState = 'dark';
  #movedOnAt = performance.now();
  /** The server that it has hung up on by itself: the connection is closed only when the other end has as well. */
  #left: Server | undefined;
  #beating: Promise<ServerView> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isGood = false;
  #isClosed = false;

  constructor(options: BeliefOptions) {
    const { read, write, durability, sentinels, waitTimeoutMs = DEFAULT_WAIT_MS } = options;
    this.#options = options;
    this.maxStalenessMs = options.maxStalenessMs ?? DEFAULT_MAX_STALENESS_MS;
    this.#read = new Link(read);
    this.#write = new Link(write);
    this.#acknowledgement = durability === 'replicated' ? new Acknowledgement(sentinels) : undefined;
    this.#writer = new GroupedWriter(this.#write, {
      acknowledgement: this.#acknowledgement,
      waitTimeoutMs,
      fence: (server) => this.#disbelief(server),
    });
    this.unfenced = {
      ask: (question) => this.#askIf(question, (server) => this.#elsewhere(server)),
      write: (script, key, args) => this.#writer.write(script, key, args, { isFenced: false }),
      awayMs: 0,
      journalling: 'begun',
      close: () => this.#writer.settled(),
    };
    write.on('ready', () => this.poke());
    this.poke();
  }

  /** Where belief stands at this moment. */
  get state(): BeliefState {
    return this.#isHeld() ? 'fresh' : this.#doubt.state;
  }

  /** Why it stands there, in a sentence. */
  get reason(): string {
    return this.#isHeld() ? 'The primary is confirmed.' : this.#doubt.reason;
  }

  /** The server that writes go to, as this connect has it: compare by `===`. */
  get server(): Server | undefined {
    return this.#write.server;
  }

  get awayMs(): number {
    return performance.now() < this.#away.endedAt + AWAY_FOR_MS ? this.#away.ms : 0;
  }

  /** What the last good beat confirmed, and when it was sent, by `performance.now()`. */
  get confirmed(): { readonly identity: string; readonly sentAt: number } {
    return this.#lease;
  }

  /** Calls back after each good beat. For who follows the journal: there is one. */
  onBeat(listener: () => void): void {
    this.#onBeat = listener;
  }

  /**
   * Says up to where this process has heard the journal, to whoever waits for that, and with each beat again.
   *
   * @param heard - `<identity> <entry>`, or `nothing`. Before the first call: it asks the store each time, so it hears
   * of everything
   */
  announce(heard: string): void {
    this.#heard = heard;
    if (heard === NOTHING) return;
    const args = [this.#life(), this.#options.instance, this.#process, heard];
    // What is lost of it the next beat says.
    HEARD.run(this.#read.redis, instanceKey(this.#options.instance), args).catch(() => undefined);
  }

  ask<T>(question: (read: Redis) => Promise<T>): Promise<T> {
    return this.#askIf(question, (server) => this.#disbelief(server));
  }

  write(script: LuaScript, key: string, args: readonly string[]): Promise<ScriptReply> {
    return this.#writer.write(script, key, args);
  }

  /** Beats, or joins the beat that is under way. Rejects if it was not acknowledged. */
  look(): Promise<ServerView> {
    clearTimeout(this.#timer);
    return (this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined;
      this.#beatAgain();
    }));
  }

  /** Beats at once: something may have changed. */
  poke(): void {
    if (!this.#isClosed) this.look().catch(() => undefined);
  }

  /** Ends the beats, what is under way first, and the connections. It is said that this process verifies nothing any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#writer.settled();
    const { instance } = this.#options;
    await SIGN_OFF.run(this.#write.redis, instanceKey(instance), [instance, this.#process]).catch(
      () => undefined,
    );
    this.#options.sentinels?.close();
    await Promise.all([this.#read, this.#write].map(({ redis }) => hangUp(redis)));
  }

  async #askIf<T>(
    question: (read: Redis) => Promise<T>,
    objection: (server: Server) => Error | undefined,
  ): Promise<T> {
    const server = await this.#read.known();
    const before = objection(server);
    if (before) throw before;
    const answer = await question(this.#read.redis);
    const after = this.#read.server === server ? objection(server) : lost();
    if (after) throw after;
    return answer;
  }

  #disbelief({ runId }: Server): NotBelievedError | undefined {
    if (!this.#isHeld()) return notBelieved(this.#doubt);
    return runId === this.#lease.runId ? undefined : elsewhere();
  }

  #elsewhere({ runId }: Server): NotBelievedError | undefined {
    return runId === this.#write.server?.runId ? undefined : elsewhere();
  }

  #isHeld(): boolean {
    return performance.now() < this.#lease.until;
  }

  async #beat(): Promise<ServerView> {
    const sentAt = performance.now();
    const { server } = this.#write;
    const { instance } = this.#options;
    try {
      const said = this.#hasTakenOver ? this.#said() : TAKES_OVER;
      const args = [this.#life(), instance, this.#process, said];
      const { reply, refusal } = await this.#writer.attempt(BEAT, instanceKey(instance), args);
      const view = decodeView(reply);
      this.#hasTakenOver = true;
      this.#acknowledgement?.count(view);
      if (refusal) throw refusal;
      this.#conclude(view, sentAt);
      return view;
    } catch (error) {
      this.#isGood = false;
      if (!this.#isBetweenServers(server)) this.#doubt = doubtOf(error);
      this.#moveOn();
      throw error;
    } finally {
      this.#tell();
    }
  }

  #conclude({ runId, identity, isReconciled }: ServerView, sentAt: number): void {
    this.#isGood = isReconciled;
    if (isReconciled) {
      const gapMs = sentAt - this.#confirmedAt;
      if (gapMs > this.maxStalenessMs) this.#away = { ms: gapMs, endedAt: sentAt };
      this.#confirmedAt = sentAt;
      if (this.#primary !== undefined && this.#primary !== runId) this.#options.onFailover?.();
      this.#primary = runId;
      this.#lease = { runId, identity, sentAt, until: sentAt + this.maxStalenessMs };
      this.#doubt = { state: 'dark', reason: 'No beat was answered in time.' };
      this.#onBeat();
    } else {
      this.#lease = { runId, identity: '', sentAt: 0, until: 0 };
      this.#doubt = { state: 'suspect', reason: 'The data set has not been reconciled with the ledger.' };
    }
    this.#movedOnAt = sentAt;
    const reads = this.#read.server;
    if (reads && reads.runId !== runId) this.#read.moveOn();
  }

  /** A primary that is not confirmed for long may be one that the Sentinels have left: they are asked for theirs. */
  #moveOn(): void {
    if (!this.#options.sentinels || performance.now() < this.#movedOnAt + this.maxStalenessMs) return;
    this.#movedOnAt = performance.now();
    this.#left = this.#write.server;
    if (this.#left) this.#write.moveOn();
  }

  /**
   * Whether a beat failed for want of a connection: it has hung up by itself a moment ago, or has just lost its primary.
   * That says nothing new about any server. `asked`: where the beat began; one that is known may not be ready yet.
   */
  #isBetweenServers(asked: Server | undefined): boolean {
    const isConnected = asked && asked === this.#write.server && asked !== this.#left;
    return !isConnected && performance.now() < this.#movedOnAt + this.maxStalenessMs;
  }

  /** Who asks each time has heard of everything, but only of what the server says that it believes. */
  #said(): string {
    return this.#heard === EVERYTHING ? `${this.#lease.identity} ${EVERYTHING}` : this.#heard;
  }

  #life(): string {
    return String(BEAT_LIVES * this.maxStalenessMs);
  }

  #beatAgain(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => this.poke(), this.#isGood ? BEAT_EVERY_MS : BEAT_AGAIN_MS);
  }

  #tell(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#options.onChange?.(state, this.reason);
  }
}
