import cluster, { type Worker } from 'node:cluster';
import type { Logger } from '@holdfast/service-defaults';
import type { SupervisorMessage, WorkerMessage } from './messages.js';
import type { Post, Switchboard } from './switchboard.js';

/**
 * Mebibytes of each half of a worker's young generation, twice V8's own. What a request leaves behind is garbage when it is
 * over: the more of it is collected at a time, the less has to be copied. It may cost 50 MB a worker.
 */
const YOUNG_MIB = 32;

/** What a supervisor is told. */
export interface SupervisorOptions {
  /** The module that a worker runs. */
  readonly exec: string;
  readonly workers: number;
  readonly restartDelayMs: number;
  readonly logger: Logger;
  /** Connects the workers with each other. */
  readonly switchboard: Switchboard;
  /** A worker listens: at the first start and after each restart. */
  readonly onReady: (worker: { readonly id: string; readonly pid: number; readonly port: number }) => void;
  /** No worker ever got ready: there is nothing to wait for. */
  readonly onHopeless: (reason: string) => void;
}

/**
 * Keeps the gateway's workers, `gateway-1` and on, running on one port: one that dies comes back under its id.
 *
 * The workers share the listening socket and each accepts for itself (`SCHED_NONE`). With Node's default the
 * supervisor hands connections out in turn, and every second one waits for a worker that hangs.
 */
export class Supervisor {
  readonly #workers = new Map<string, Worker>();
  #everReady = false;
  #stopping = false;
  #onEmpty: (() => void) | undefined;

  constructor(private readonly options: SupervisorOptions) {}

  start(): void {
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    const execArgv = [...process.execArgv, `--max-semi-space-size=${YOUNG_MIB}`];
    cluster.setupPrimary({ exec: this.options.exec, args: [], execArgv });
    for (let number = 1; number <= this.options.workers; number++) this.#fork(`gateway-${number}`);
  }

  /** Drains all workers; settles when the last has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#workers.size === 0) return;
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    for (const worker of this.#workers.values()) worker.send({ type: 'drain' } satisfies SupervisorMessage);
    await empty;
  }

  /** Ends all workers now. */
  kill(): void {
    for (const worker of this.#workers.values()) worker.process.kill('SIGKILL');
  }

  #fork(id: string): void {
    const worker = cluster.fork({ INSTANCE_ID: id });
    this.#workers.set(id, worker);
    const post = postOf(id, worker);
    this.options.switchboard.add(post);
    worker.on('message', (message: WorkerMessage) => this.#hear(post, message));
    // A broken channel means that it is gone or going: `exit` tells.
    worker.on('error', (err) => this.options.logger.warn({ err, worker: id }, 'worker channel'));
    worker.on('exit', (code, signal) => this.#bury(post, code, signal));
  }

  #hear(post: Post, message: WorkerMessage): void {
    const { id, pid } = post;
    this.options.switchboard.hear(post, message);
    if (message.type === 'failed') {
      this.options.logger.error({ worker: id, reason: message.reason }, 'worker failed to start');
      if (!this.#everReady) this.options.onHopeless(message.reason);
      return;
    }
    if (message.type !== 'ready') return;
    this.#everReady = true;
    this.options.onReady({ id, pid, port: message.port });
  }

  #bury(post: Post, code: number, signal: string | null): void {
    const { id } = post;
    this.#workers.delete(id);
    this.options.switchboard.remove(post, { code, signal });
    if (this.#stopping) {
      if (this.#workers.size === 0) this.#onEmpty?.();
      return;
    }
    this.options.logger.warn({ worker: id, code, signal }, 'worker ended, comes back');
    setTimeout(() => {
      if (!this.#stopping) this.#fork(id);
    }, this.options.restartDelayMs);
  }
}

function postOf(id: string, worker: Worker): Post {
  const send = (message: SupervisorMessage) => {
    if (worker.isConnected()) worker.send(message);
  };
  return { id, pid: worker.process.pid ?? 0, send };
}
