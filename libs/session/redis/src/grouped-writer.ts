import type { Redis } from './create-redis.js';
import {
  asBytes,
  asReply,
  isUnknownScript,
  scriptsOf,
  type LuaScript,
  type ScriptReply,
} from './lua-script.js';

const LARGEST_GROUP = 500;

/** What a write must have reached before it is answered. */
export interface WriterOptions {
  /** `WAIT` for one replica after each group. */
  readonly replicated: boolean;
  /** How long a replica has for that, in milliseconds. Under half of the connection's `socketTimeout`. */
  readonly waitTimeoutMs: number;
}

/** The primary has it, but no replica said so in time: it may be lost, so it does not count. */
export class NotReplicatedError extends Error {
  override readonly name = 'NotReplicatedError';
}

interface Write {
  readonly script: LuaScript;
  readonly key: string;
  readonly args: readonly string[];
  readonly resolve: (reply: ScriptReply) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes through one connection: what comes in one tick, or while a group is under way, goes as one
 * pipeline with one `WAIT` at its end. So waiting for a replica costs next to nothing under load.
 */
export class GroupedWriter {
  readonly #redis: Redis;
  readonly #options: WriterOptions;
  readonly #known = new Set<string>();
  #waiting: Write[] = [];
  #working: Promise<void> | undefined;

  constructor(redis: Redis, options: WriterOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  /** Runs a script once. Rejects if it failed or was not replicated: then it may have happened or not. */
  write(script: LuaScript, key: string, args: readonly string[]): Promise<ScriptReply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ script, key, args, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#working;
  }

  async #work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      await this.#send(this.#waiting.splice(0, LARGEST_GROUP));
    }
    this.#working = undefined;
  }

  async #send(group: readonly Write[]): Promise<void> {
    const { replicated, waitTimeoutMs } = this.#options;
    try {
      const pipeline = this.#redis.pipeline();
      const scripts = scriptsOf(pipeline);
      for (const { script, key, args } of group) {
        const bytes = args.map(asBytes);
        if (this.#known.has(script.sha)) void scripts.evalshaBuffer(script.sha, 1, key, ...bytes);
        else void scripts.evalBuffer(script.source, 1, key, ...bytes);
      }
      if (replicated) pipeline.wait(1, waitTimeoutMs);
      const results = (await pipeline.exec()) ?? [];
      const refusal = replicated ? notReplicated(results[group.length]) : undefined;
      group.forEach((write, at) => this.#answer(write, results[at], refusal));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  #answer(
    write: Write,
    [error, value]: PipelineResult = [new Error('No answer.'), null],
    refusal?: Error,
  ): void {
    if (isUnknownScript(error)) {
      this.#known.delete(write.script.sha);
      this.#waiting.push(write); // at once, with its source
    } else if (error ?? refusal) {
      write.reject(error ?? refusal);
    } else {
      this.#known.add(write.script.sha);
      settle(write, value);
    }
  }
}

type PipelineResult = readonly [error: Error | null, value: unknown];

function notReplicated([error, replicas]: PipelineResult = [null, 0]): Error | undefined {
  if (error) return error;
  return Number(replicas) >= 1 ? undefined : new NotReplicatedError('No replica acknowledged the write.');
}

function settle({ resolve, reject }: Write, value: unknown): void {
  try {
    resolve(asReply(value));
  } catch (error) {
    reject(error);
  }
}
