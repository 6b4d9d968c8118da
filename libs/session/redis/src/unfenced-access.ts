import type { Access } from './access.js';
import { Acknowledgement } from './acknowledgement.js';
import { hangUp, type Redis } from './create-redis.js';
import { GroupedWriter } from './grouped-writer.js';
import { Link } from './link.js';
import type { LuaScript, ScriptReply } from './lua-script.js';

const DEFAULT_WAIT_MS = 100;

/** How an `UnfencedAccess` is made. */
export interface UnfencedAccessOptions {
  /** A connection of role `read`. `close()` ends it. */
  readonly read: Redis;
  /** A connection of role `write`, used by nobody else. `close()` ends it. */
  readonly write: Redis;
  /** `replicated`: a write counts when a replica has it. `local`: when the primary has it. */
  readonly durability: 'replicated' | 'local';
  /** How long a replica has to acknowledge a group of writes, in milliseconds. Default 100. */
  readonly waitTimeoutMs?: number;
}

/** Believes whatever Redis it is connected to: for one that nobody deposes, and for tests. See `Belief`. */
export class UnfencedAccess implements Access {
  /** It notices no absence. */
  readonly awayMs = 0;
  /** Nobody keeps sessions near whose store nobody reconciles. */
  readonly journalling = 'never';
  readonly #options: UnfencedAccessOptions;
  readonly #writer: GroupedWriter;

  constructor(options: UnfencedAccessOptions) {
    const { write, durability, waitTimeoutMs = DEFAULT_WAIT_MS } = options;
    this.#options = options;
    const acknowledgement = durability === 'replicated' ? new Acknowledgement() : undefined;
    this.#writer = new GroupedWriter(new Link(write), { acknowledgement, waitTimeoutMs });
  }

  ask<T>(question: (read: Redis) => Promise<T>): Promise<T> {
    return question(this.#options.read);
  }

  write(script: LuaScript, key: string, args: readonly string[]): Promise<ScriptReply> {
    return this.#writer.write(script, key, args);
  }

  async close(): Promise<void> {
    await this.#writer.settled();
    await Promise.all([this.#options.read, this.#options.write].map(hangUp));
  }
}
