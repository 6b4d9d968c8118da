import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const READY_WITHIN_MS = 30_000;
const ANSWERS_WITHIN_MS = 1_000;
const START_TRIES = 3;
/** What the test set-up found; `redis-server` on the PATH otherwise. */
const PROGRAM = process.env['TEST_REDIS_PROGRAM'] ?? 'redis-server';

/** A Redis of a test's own, on a free port of the loopback, to be stopped, killed and started again. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string;
  readonly #args: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(port: number, folder: string, args: readonly string[]) {
    this.port = port;
    this.#folder = folder;
    this.#args = args;
  }

  /** Starts a server; its data survives a kill. `args`: more of its arguments. */
  static async start(...args: readonly string[]): Promise<RedisServer> {
    const log = ['--appendonly', 'yes', '--appendfsync', 'always'];
    return RedisServer.#launch(
      ['--save', '', ...log, '--repl-diskless-sync-delay', '0', ...args],
      await RedisServer.#makeFolder(),
    );
  }

  /** Starts a Sentinel that monitors nothing yet. `args`: more of its arguments. */
  static async startSentinel(...args: readonly string[]): Promise<RedisServer> {
    const folder = await RedisServer.#makeFolder();
    const file = join(folder, 'sentinel.conf');
    await writeFile(file, ''); // it keeps there what it learns
    return RedisServer.#launch([file, '--sentinel', ...args], folder);
  }

  static #makeFolder(): Promise<string> {
    return mkdtemp(join(tmpdir(), 'holdfast-spec-redis-'));
  }

  static async #launch(args: readonly string[], folder: string): Promise<RedisServer> {
    for (let tries = 1; ; tries += 1) {
      const server = new RedisServer(await freePort(), folder, args);
      try {
        await server.start();
        return server;
      } catch (error) {
        // A port that was free a moment ago may be somebody else's by now.
        if (tries === START_TRIES) throw error;
      }
    }
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again on the same port with the same data, unless it runs. */
  async start(): Promise<void> {
    if (this.#runs) return;
    const place = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    this.#process = spawn(PROGRAM, [...this.#args, ...place], { stdio: 'ignore' });
    await answers(this.port, this.#process);
  }

  get #runs(): boolean {
    return (
      this.#process !== undefined && this.#process.exitCode === null && this.#process.signalCode === null
    );
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (!process || !this.#runs) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  }

  /** Copies its data, as a backup would; what is written since is not in it. Answers how to put the copy back. */
  async backUp(): Promise<() => Promise<void>> {
    const copy = await RedisServer.#makeFolder();
    await cp(this.#folder, copy, { recursive: true });
    return async () => {
      await this.kill();
      await rm(this.#folder, { recursive: true, force: true });
      await cp(copy, this.#folder, { recursive: true });
      await rm(copy, { recursive: true, force: true });
      await this.start();
    };
  }

  /** Makes it hang: it accepts connections and answers nothing. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** Ends the hang. */
  wake(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Kills it and removes its data. */
  async dispose(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/**
 * Below the range from which systems take the ports of outgoing connections: while a server is down, one of its clients
 * could otherwise hold its port, as the end of a connection to itself.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 20_000);
    const probe = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

async function answers(port: number, process: ChildProcess): Promise<void> {
  const failure = once(process, 'error').then(([error]) => Promise.reject(error as Error));
  const patience = Date.now() + READY_WITHIN_MS;
  while (!(await Promise.race([answersAs(process.pid, port), failure]))) {
    if (Date.now() > patience || process.exitCode !== null) {
      process.kill('SIGKILL');
      throw new Error(`Redis on port ${port} did not start.`);
    }
    await sleep(20);
  }
}

/** Whether it is this very process that answers: who has taken the port meanwhile may be a Redis too. */
async function answersAs(pid: number | undefined, port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS); // one that accepts, and hangs or hangs up, says nothing
  try {
    await once(socket, 'connect', { signal });
    socket.write('INFO\r\n');
    const info = String((await once(socket, 'data', { signal }))[0]);
    return info.includes(`process_id:${pid}\r\n`) && !info.includes('loading:1');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
