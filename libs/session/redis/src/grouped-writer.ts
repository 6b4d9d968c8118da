import { NotReplicatedError, type Acknowledgement } from './acknowledgement.js';
import type { Link, Server } from './link.js';
import {
  asBytes,
  asReply,
  isUnknownScript,
  scriptsOf,
  type LuaScript,
  type ScriptReply,
} from './lua-script.js';

const LARGEST_GROUP = 500;

/** What a group of writes needs before it is sent, and before it is answered. */
export interface WriterOptions {
  /** What replicas must have said. Default: nothing, the primary's answer is enough. */
  readonly acknowledgement?: Acknowledgement | undefined;
  /** How long replicas have for that, in milliseconds. Under half of the connection's `socketTimeout`. */
  readonly waitTimeoutMs: number;
  /** Why nothing may be written to this server now; `undefined` if it may. Default: it always may. */
  readonly fence?: (server: Server) => Error | undefined;
}

/** What became of a write that the primary has carried out. */
export interface Attempt {
  readonly reply: ScriptReply;
  /** Why it does not count. */
  readonly refusal: Error | undefined;
}

interface Write {
  readonly script: LuaScript;
  readonly key: string;
  readonly args: readonly string[];
  readonly isFenced: boolean;
  readonly resolve: (attempt: Attempt) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes through one connection: what comes in one tick, or while a group is under way, goes as one
 * pipeline with one `WAIT` at its end. So waiting for replicas costs next to nothing under load.
 */
export class GroupedWriter {
  readonly #known = new Set<string>();
  #waiting: Write[] = [];
  #working: Promise<void> | undefined;

  constructor(
    private readonly link: Link,
    private readonly options: WriterOptions,
  ) {}

  /**
   * Runs a script once. Rejects if it failed or does not count: then it may have happened or not. With
   * `isFenced: false` it is sent to whatever server the connection is on.
   */
  async write(
    script: LuaScript,
    key: string,
    args: readonly string[],
    { isFenced = true } = {},
  ): Promise<ScriptReply> {
    const { reply, refusal } = await this.#add({ script, key, args, isFenced });
    if (refusal) throw refusal;
    return reply;
  }

  /** As `write`, unfenced; but answers what the script said even if it does not count. */
  attempt(script: LuaScript, key: string, args: readonly string[]): Promise<Attempt> {
    return this.#add({ script, key, args, isFenced: false });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#working;
  }

  #add(write: Omit<Write, 'resolve' | 'reject'>): Promise<Attempt> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...write, resolve, reject });
      this.#working ??= this.#work();
    });
  }

  async #work(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) await this.#send(this.#waiting.splice(0, LARGEST_GROUP));
    this.#working = undefined;
  }

  async #send(group: readonly Write[]): Promise<void> {
    try {
      const server = await this.link.known();
      const allowed = this.#admit(group, server);
      if (allowed.length === 0) return;
      const results = await this.#execute(allowed);
      const refusal = await this.#refusal(server, results[allowed.length]);
      allowed.forEach((write, at) => this.#answer(write, results[at], refusal));
    } catch (error) {
      for (const { reject } of group) reject(error); // who has been answered already does not hear it
    }
  }

  #admit(group: readonly Write[], server: Server): readonly Write[] {
    const reason = this.options.fence?.(server);
    if (!reason) return group;
    for (const { isFenced, reject } of group) if (isFenced) reject(reason);
    return group.filter(({ isFenced }) => !isFenced);
  }

  async #execute(group: readonly Write[]): Promise<readonly PipelineResult[]> {
    const pipeline = this.link.redis.pipeline();
    const scripts = scriptsOf(pipeline);
    for (const { script, key, args } of group) {
      const bytes = args.map(asBytes);
      if (this.#known.has(script.sha)) void scripts.evalshaBuffer(script.sha, 1, key, ...bytes);
      else void scripts.evalBuffer(script.source, 1, key, ...bytes);
    }
    const { acknowledgement, waitTimeoutMs } = this.options;
    if (acknowledgement) pipeline.wait(acknowledgement.replicas, waitTimeoutMs);
    return (await pipeline.exec()) ?? [];
  }

  /** Why the group does not count: on another connection it may have been sent again, to who knows whom. */
  async #refusal(server: Server, [error, replicas]: PipelineResult = [null, 0]): Promise<Error | undefined> {
    const refusal = error ?? (await this.options.acknowledgement?.refusal(Number(replicas), server));
    return this.link.server === server ? refusal : new NotReplicatedError('The connection was lost.');
  }

  #answer(
    write: Write,
    [error, value]: PipelineResult = [new Error('No answer.'), null],
    refusal?: Error,
  ): void {
    if (isUnknownScript(error)) {
      this.#known.delete(write.script.sha);
      this.#waiting.push(write); // at once, with its source
    } else if (error) {
      write.reject(error);
    } else {
      this.#known.add(write.script.sha);
      settle(write, value, refusal);
    }
  }
}

type PipelineResult = readonly [error: Error | null, value: unknown];

function settle({ resolve, reject }: Write, value: unknown, refusal?: Error): void {
  try {
    resolve({ reply: asReply(value), refusal });
  } catch (error) {
    reject(error);
  }
}
