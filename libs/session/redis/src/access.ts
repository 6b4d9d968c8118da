import type { Redis } from './create-redis.js';
import type { LuaScript, ScriptReply } from './lua-script.js';

/**
 * Whether what ends or changes sessions is journalled, for those who keep them near. `always`: or it is not written at
 * all. `begun`: where a term of the journal has begun; where none has, nothing is near that was read there. `never`:
 * nobody keeps any near.
 */
export type Journalling = 'always' | 'begun' | 'never';

/** How a store reaches Redis. What fails may be repeated: see `withPatience`. */
export interface Access {
  /** Asks over the reading connection. Rejects if the answer is not to be believed. */
  ask<T>(question: (read: Redis) => Promise<T>): Promise<T>;

  /** Runs a writing script once. Rejects if it was not to be sent, failed, or a promotion could lose it. */
  write(script: LuaScript, key: string, args: readonly string[]): Promise<ScriptReply>;

  /**
   * How long nothing could be asked, if that ended less than a minute ago; else 0. In milliseconds. Nobody could be
   * told anything meanwhile, so it counts against nobody.
   */
  readonly awayMs: number;

  /** See `Journalling`. */
  readonly journalling: Journalling;

  /** Answers what is under way, and lets go of connections that are its own. */
  close(): Promise<void>;
}

/** This server must not be believed now: what it says may be long over, and what is written there may be lost. */
export class NotBelievedError extends Error {
  override readonly name = 'NotBelievedError';
}
