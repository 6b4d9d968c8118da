import type { Redis } from './create-redis.js';
import { GroupedWriter } from './grouped-writer.js';
import type { LuaScript, ScriptReply } from './lua-script.js';
import { withPatience } from './patience.js';
import { indexKey, type Place } from './place.js';
import type { StoreClock } from './store-clock.js';

const DEFAULT_WAIT_MS = 100;
const DEFAULT_PATIENCE_MS = 3_000;
/** A clock that was corrected is right at once; one that runs away is not waited for. */
const CLOCK_ATTEMPTS = 5;

/** How scripts are run. */
export interface ScriptRunnerOptions {
  /** A connection of role `read`. `close()` ends it. */
  readonly read: Redis;
  /** A connection of role `write`, used by nobody else. `close()` ends it. */
  readonly write: Redis;
  /** `replicated`: a write is answered when a replica has it; without a replica, writes are refused. `local`: when the primary has it. */
  readonly durability: 'replicated' | 'local';
  /** How long an ended session can say why, in milliseconds. */
  readonly tombstoneMs: number;
  /** How long a replica has to acknowledge a group of writes, in milliseconds. Default 100. */
  readonly waitTimeoutMs?: number;
  /** How long an operation is repeated while the store is away, in milliseconds. Default 3,000. */
  readonly patienceMs?: number;
}

/** Runs the scripts of a session store: reads through one connection, durable writes through another. */
export class ScriptRunner {
  readonly #options: ScriptRunnerOptions;
  readonly #writer: GroupedWriter;
  readonly #tombstoneMs: string;
  readonly #patienceMs: number;

  constructor(
    options: ScriptRunnerOptions,
    private readonly clock: StoreClock,
  ) {
    const { tombstoneMs, waitTimeoutMs = DEFAULT_WAIT_MS, patienceMs = DEFAULT_PATIENCE_MS } = options;
    if (!Number.isSafeInteger(tombstoneMs) || tombstoneMs < 1)
      throw new TypeError('tombstoneMs must be at least 1.');
    this.#options = options;
    this.#tombstoneMs = String(tombstoneMs);
    this.#patienceMs = patienceMs;
    const replicated = options.durability === 'replicated';
    this.#writer = new GroupedWriter(options.write, { replicated, waitTimeoutMs });
  }

  /** One command, through the reading connection. */
  ask(script: LuaScript, { userTag, name }: Place, args: readonly string[] = []): Promise<ScriptReply> {
    const all = [name, this.#tombstoneMs, ...args];
    return withPatience(this.#patienceMs, () => script.run(this.#options.read, indexKey(userTag), all));
  }

  /** One durable write. Repeated with the same arguments, so that a repetition is known as one. */
  change(script: LuaScript, { userTag, name }: Place, args: readonly string[]): Promise<ScriptReply> {
    const all = [name, this.#tombstoneMs, ...args];
    return withPatience(this.#patienceMs, () => this.#writer.write(script, indexKey(userTag), all));
  }

  /** A durable write whose arguments hold a time: made anew with the store's, if that is another. */
  async changeAt(
    script: LuaScript,
    place: Place,
    argsAt: (now: number) => readonly string[],
  ): Promise<ScriptReply> {
    for (let attempt = 1; ; attempt += 1) {
      const reply = await this.change(script, place, argsAt(this.clock.now()));
      if (reply[0] !== 'clock' || attempt === CLOCK_ATTEMPTS) return reply;
      this.clock.learn(Number(reply[1]));
    }
  }

  async close(): Promise<void> {
    await this.#writer.settled();
    await Promise.all([this.#options.read, this.#options.write].map(hangUp));
  }
}

async function hangUp(redis: Redis): Promise<void> {
  await redis.quit().catch(() => redis.disconnect());
}
