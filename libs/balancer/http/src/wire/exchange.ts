import type { Duplex } from 'node:stream';
import type { WireRequest } from './request-head.js';

/** Who sent a request. Nothing is told after `Exchange.abort`. */
export interface ExchangeListener {
  /** The request is being written on a connection that stands: the other end may see it. */
  onSent(): void;
  onHead(status: number, headers: string[]): void;
  /** The other end speaks the protocol that was asked for. The connection, paused, is the listener's. */
  onUpgrade(status: number, headers: string[], connection: Duplex): void;
  /** `false`: no more until `Exchange.resume`. */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: string[]): void;
  /** There is no (whole) answer. A `WireError`, or what the system or the body's stream said. */
  onError(error: Error): void;
}

/** What carries an exchange. */
export interface Carrier {
  /** Reads on. */
  resume(): void;
  /** Closes it, whatever it carries. */
  destroy(): void;
}

/** A request and who waits for its answer; first in a line, then on a connection. */
export class Exchange {
  #carrier: Carrier | undefined;
  #isOver = false;

  constructor(
    readonly request: WireRequest,
    readonly listener: ExchangeListener,
    private readonly onAbortedInLine: (exchange: Exchange) => void,
  ) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @internal */
  carriedBy(carrier: Carrier): void {
    this.#carrier = carrier;
  }

  /** @internal */
  end(): void {
    this.#isOver = true;
  }

  /** @internal Tells the listener, once. */
  fail(error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.listener.onError(error);
  }

  /** Gives it up, and its connection. */
  abort(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#carrier) this.#carrier.destroy();
    else this.onAbortedInLine(this);
  }

  /** After `onData` answered `false`. */
  resume(): void {
    if (!this.#isOver) this.#carrier?.resume();
  }
}
