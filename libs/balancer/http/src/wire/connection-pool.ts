import { Connection, type ConnectionOwner } from './connection.js';
import { Exchange, type ExchangeListener } from './exchange.js';
import type { Origin } from './socket.js';
import type { WireRequest } from './request-head.js';
import { WireError } from './wire-error.js';

/** How many connections a pool has, and how long it waits. Milliseconds. */
export interface ConnectionPoolOptions {
  /** More requests than this wait in line. `Infinity`: none does. */
  readonly connections: number;
  readonly connectTimeoutMs: number;
  /** Longest time without a byte while a body is on its way and wanted; up to a quarter more. `0`: none. */
  readonly bodyTimeoutMs: number;
  /** Whether requests may ask for other protocols. Default: an upgrade is refused. */
  readonly maySwitch?: boolean;
}

/** How often connections are looked at, at the most and at the least; finer where the body's time is shorter. */
const LOOK_MS = { least: 25, most: 1_000 };

/**
 * Connections to one origin. HTTP/1.1, one exchange at a time on each: with a second one behind it, nobody could tell whether
 * that was begun when the connection breaks.
 */
export class ConnectionPool implements ConnectionOwner {
  readonly #origin: Origin;
  readonly #all = new Set<Connection>();
  /** The one that was used last is used next: so the others get old, and are closed. */
  readonly #idle: Connection[] = [];
  readonly #line: Exchange[] = [];
  /** Connections that do not stand yet. */
  #opening = 0;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #onEmpty: (() => void)[] = [];

  /** @param origin - `http:` or `https:`, host and port */
  constructor(
    origin: string,
    private readonly options: ConnectionPoolOptions,
  ) {
    const { connectTimeoutMs, maySwitch = false } = options;
    this.#origin = { url: new URL(origin), connectTimeoutMs, maySwitch };
  }

  /** Sends a request as soon as there is a connection for it. The listener may be told before this returns. */
  send(request: WireRequest, listener: ExchangeListener): Exchange {
    const exchange = new Exchange(request, listener, this.#leave);
    if (this.#isClosed) {
      exchange.fail(new WireError('POOL_CLOSED', 'the pool is closed'));
      return exchange;
    }
    const connection = this.#idle.pop();
    if (connection) {
      this.#give(connection, exchange);
    } else {
      this.#line.push(exchange);
      this.#openForLine();
    }
    return exchange;
  }

  /** Takes no more requests; settles when those that are here are over. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const connection of this.#idle.splice(0)) connection.destroy();
    await this.#empty();
  }

  /** Closes everything at once. */
  async destroy(): Promise<void> {
    this.#isClosed = true;
    for (const exchange of this.#line.splice(0))
      exchange.fail(new WireError('POOL_CLOSED', 'the pool is closed'));
    for (const connection of this.#all) connection.destroy();
    await this.#empty();
  }

  /** @internal */
  onOpen(connection: Connection): void {
    this.#opening -= 1;
    this.onFree(connection);
  }

  /** @internal */
  onFree(connection: Connection): void {
    const next = this.#line.shift();
    if (next) this.#give(connection, next);
    else if (this.#isClosed) connection.destroy();
    else this.#idle.push(connection);
  }

  /** @internal */
  onGone(connection: Connection, error: Error | undefined): void {
    this.#all.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (error) {
      this.#opening -= 1;
      this.#line.shift()?.fail(error);
    }
    this.#openForLine();
    if (this.#all.size === 0) this.#onLast();
  }

  #give(connection: Connection, exchange: Exchange): void {
    try {
      connection.carry(exchange);
    } catch (error) {
      this.onFree(connection);
      exchange.fail(error as Error);
    }
  }

  readonly #leave = (exchange: Exchange): void => {
    const at = this.#line.indexOf(exchange);
    if (at >= 0) this.#line.splice(at, 1);
  };

  #openForLine(): void {
    while (this.#opening < this.#line.length && this.#all.size < this.options.connections) {
      this.#opening += 1;
      this.#all.add(new Connection(this.#origin, this));
    }
    if (this.#all.size > 0) this.#timer ??= this.#watch();
  }

  #watch(): NodeJS.Timeout {
    const { bodyTimeoutMs } = this.options;
    const finest = bodyTimeoutMs > 0 ? bodyTimeoutMs / 4 : LOOK_MS.most;
    const everyMs = Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, finest));
    let sinceMs = performance.now();
    return setInterval(() => {
      const nowMs = performance.now();
      for (const connection of this.#all) connection.look(sinceMs, nowMs, bodyTimeoutMs);
      sinceMs = nowMs;
    }, everyMs).unref();
  }

  #onLast(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const tell of this.#onEmpty.splice(0)) tell();
  }

  #empty(): Promise<void> {
    return this.#all.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#onEmpty.push(resolve));
  }
}
