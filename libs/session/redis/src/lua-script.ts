import { createHash } from 'node:crypto';
import type { Redis } from './create-redis.js';

/** What our scripts answer: a list of strings, the first of which says what happened. */
export type ScriptReply = readonly string[];

/** A Lua script that Redis runs as one atomic step. */
export class LuaScript {
  readonly sha: string;

  constructor(readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** Runs it as one command; its source is sent only to a server that does not know it. */
  async run(redis: Redis, key: string, args: readonly string[]): Promise<ScriptReply> {
    try {
      return asReply(await redis.evalsha(this.sha, 1, key, ...args));
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return asReply(await redis.eval(this.source, 1, key, ...args));
    }
  }
}

/** Whether this server does not know the script: new, restarted, or just promoted. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** @throws TypeError if it is no answer of ours */
export function asReply(value: unknown): ScriptReply {
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) {
    throw new TypeError('The script gave an unexpected answer.');
  }
  return value;
}
