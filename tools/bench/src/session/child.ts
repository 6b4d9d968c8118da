import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { onCore } from './processor.js';

/** What to run. */
export interface Program {
  readonly file: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const ENDS_WITHIN_MS = 5_000;

/** A Node process that answers messages, one at a time, perhaps kept on a core. */
export class Child {
  readonly #process: ChildProcess;
  readonly #failed: Promise<never>;

  constructor({ file, args = [], environment = {} }: Program, core: number | undefined) {
    const [program = '', ...rest] = onCore(core, [process.execPath, file, ...args]);
    this.#process = spawn(program, rest, {
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '', ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#failed = Promise.race([once(this.#process, 'exit'), once(this.#process, 'error')]).then(([why]) => {
      throw new Error(`${file} ended: ${String(why)}`);
    });
    this.#failed.catch(() => undefined);
  }

  /** Its next message. */
  async hear<T>(): Promise<T> {
    const [message] = (await Promise.race([once(this.#process, 'message'), this.#failed])) as [T];
    return message;
  }

  /** What it answers. */
  ask<T>(message: object): Promise<T> {
    const answer = this.hear<T>();
    this.#process.send(message);
    return answer;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Sends it a signal. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Settles when the process is gone, however it ended. */
  async ended(): Promise<void> {
    await this.#failed.catch(() => undefined);
  }

  /** Tells it something that it does not answer. */
  tell(message: object): void {
    this.#process.send(message);
  }

  /** Ends it: it drains once its parent is gone. */
  async stop(): Promise<void> {
    const gone = this.#failed.catch(() => undefined);
    const impatience = setTimeout(() => this.#process.kill('SIGKILL'), ENDS_WITHIN_MS);
    if (this.#process.connected) this.#process.disconnect();
    await gone;
    clearTimeout(impatience);
  }
}
