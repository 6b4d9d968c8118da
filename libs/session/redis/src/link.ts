import type { Redis } from './create-redis.js';

/** A server as one connection has it. Each connect makes a new one, so two of them are the same only by `===`. */
export interface Server {
  /** Redis' own id of the running process: another after each start. */
  readonly runId: string;
  /** Where it was reached: `<ip>:<port>`. */
  readonly address: string;
}

/** A connection that knows which server it is on. */
export class Link {
  #server: Server | undefined;
  #learning: Promise<Server> | undefined;
  #connects = 0;

  constructor(readonly redis: Redis) {
    redis.on('ready', () => void this.known().catch(() => undefined));
    redis.on('close', () => this.#forget());
  }

  /** The server; `undefined` while there is none, or it was not asked yet. */
  get server(): Server | undefined {
    return this.#server;
  }

  /** The server, asked for if need be. Rejects if there is none. */
  async known(): Promise<Server> {
    return this.#server ?? (this.#learning ??= this.#learn());
  }

  /** Connects anew: with Sentinels, to the primary that they name now. */
  moveOn(): void {
    this.redis.disconnect(true);
  }

  async #learn(): Promise<Server> {
    const connect = this.#connects;
    try {
      const runId = /^run_id:(\w+)/m.exec(await this.redis.info('server'))?.[1];
      if (runId === undefined || connect !== this.#connects) throw new Error('The connection was lost.');
      return (this.#server = { runId, address: this.#address() });
    } finally {
      if (connect === this.#connects) this.#learning = undefined;
    }
  }

  #address(): string {
    const { remoteAddress = '', remotePort = 0 } = this.redis.stream;
    return `${remoteAddress.replace(/^::ffff:/, '')}:${remotePort}`;
  }

  #forget(): void {
    this.#connects += 1;
    this.#server = undefined;
    this.#learning = undefined;
  }
}
