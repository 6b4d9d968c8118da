import { createHash } from 'node:crypto';
import type { Redis } from './create-redis.js';

/**
 * What our scripts answer: a list of strings, the first of which says what happened. Strings to and from scripts are
 * bytes, one a character (`latin1`): what is sealed is no text.
 */
export type ScriptReply = readonly string[];

/** What ioredis has for each command, and its types leave out for these: answers as bytes. */
interface ScriptCommands {
  evalshaBuffer(sha: string, keys: 1, key: string, ...args: readonly Buffer[]): Promise<unknown>;
  evalBuffer(source: string, keys: 1, key: string, ...args: readonly Buffer[]): Promise<unknown>;
}

/** How scripts are run over a connection, or queued in a pipeline. */
export function scriptsOf(redis: Redis | ReturnType<Redis['pipeline']>): ScriptCommands {
  return redis as unknown as ScriptCommands;
}

/** A Lua script that Redis runs as one atomic step. */
export class LuaScript {
  readonly sha: string;

  constructor(readonly source: string) {
    this.sha = createHash('sha1').update(source).digest('hex');
  }

  /** Runs it as one command; its source is sent only to a server that does not know it. */
  async run(redis: Redis, key: string, args: readonly string[]): Promise<ScriptReply> {
    const [bytes, scripts] = [args.map(asBytes), scriptsOf(redis)];
    try {
      return asReply(await scripts.evalshaBuffer(this.sha, 1, key, ...bytes));
    } catch (error) {
      if (!isUnknownScript(error)) throw error;
      return asReply(await scripts.evalBuffer(this.source, 1, key, ...bytes));
    }
  }
}

/** Whether this server does not know the script: new, restarted, or just promoted. */
export function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

/** An argument of a script as it goes over the wire. */
export function asBytes(argument: string): Buffer {
  return Buffer.from(argument, 'latin1');
}

/** @throws TypeError if it is no answer of ours */
export function asReply(value: unknown): ScriptReply {
  if (!Array.isArray(value) || !value.every((part) => Buffer.isBuffer(part))) {
    throw new TypeError('The script gave an unexpected answer.');
  }
  return value.map((part: Buffer) => part.toString('latin1'));
}
