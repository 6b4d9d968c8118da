import { StoreUnavailableError } from '@holdfast/session-core';
import { NotBelievedError, type Access } from './access.js';
import type { LuaScript, ScriptReply } from './lua-script.js';
import { withPatience } from './patience.js';
import { indexKey, type Place } from './place.js';
import type { StoreClock } from './store-clock.js';

const DEFAULT_PATIENCE_MS = 3_000;
/** A clock that was corrected is right at once; one that runs away is not waited for. */
const CLOCK_ATTEMPTS = 5;

/** How scripts are run. */
export interface ScriptRunnerOptions {
  /** How Redis is reached: a `Belief`, or one that believes whatever it is connected to. `close()` closes it. */
  readonly access: Access;
  /** How long an ended session can say why, in milliseconds. */
  readonly tombstoneMs: number;
  /** How long an operation is repeated while the store is away, in milliseconds. Default 3,000. */
  readonly patienceMs?: number;
  /** How long who asks at this moment waits at most, in milliseconds; `undefined`: as long as we do. Default: that. */
  readonly remainingMs?: () => number | undefined;
}

/** Runs the scripts of a session store, and repeats them while the store is away. */
export class ScriptRunner {
  readonly #access: Access;
  readonly #tombstoneMs: string;
  readonly #patienceMs: () => number;

  constructor(
    options: ScriptRunnerOptions,
    private readonly clock: StoreClock,
  ) {
    const { access, tombstoneMs, patienceMs = DEFAULT_PATIENCE_MS, remainingMs } = options;
    if (!Number.isSafeInteger(tombstoneMs) || tombstoneMs < 1)
      throw new TypeError('tombstoneMs must be at least 1.');
    this.#access = access;
    this.#tombstoneMs = String(tombstoneMs);
    this.#patienceMs = () => Math.min(patienceMs, remainingMs?.() ?? patienceMs);
  }

  /** See `Access.awayMs`. */
  get awayMs(): number {
    return this.#access.awayMs;
  }

  /** One command, whose answer is believed. */
  ask(script: LuaScript, { userTag, name }: Place, args: readonly string[] = []): Promise<ScriptReply> {
    const all = [name, this.#tombstoneMs, ...args];
    const key = indexKey(userTag);
    return withPatience(this.#patienceMs(), () => this.#access.ask((read) => script.run(read, key, all)));
  }

  /** One durable write. Repeated with the same arguments, so that a repetition is known as one. */
  change(script: LuaScript, { userTag, name }: Place, args: readonly string[]): Promise<ScriptReply> {
    const all = [name, this.#tombstoneMs, ...args, this.#access.journalling];
    return withPatience(this.#patienceMs(), async () => {
      const reply = await this.#access.write(script, indexKey(userTag), all);
      if (reply[0] === 'noterm') throw new NotBelievedError('The data set has not been reconciled.');
      return reply;
    });
  }

  /**
   * A durable write whose arguments hold a time: made anew with the store's, if that is another.
   *
   * @throws StoreUnavailableError also if it is another one each time
   */
  async changeAt(
    script: LuaScript,
    place: Place,
    argsAt: (now: number) => readonly string[],
  ): Promise<ScriptReply> {
    for (let attempt = 1; attempt <= CLOCK_ATTEMPTS; attempt += 1) {
      const reply = await this.change(script, place, argsAt(this.clock.now()));
      if (reply[0] !== 'clock') return reply;
      this.clock.learn(Number(reply[1]));
    }
    throw new StoreUnavailableError('The clocks of the store and of this process run apart.');
  }

  close(): Promise<void> {
    return this.#access.close();
  }
}
