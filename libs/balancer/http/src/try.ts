import type { Instance, Outcome } from '@holdfast/balancer-core';
import type { Duplex } from 'node:stream';
import { readRetryAfterMs, isStreaming } from './response-head.js';
import type { UpstreamService } from './upstream-service.js';
import type { ConnectionPool } from './wire/connection-pool.js';
import type { Exchange, ExchangeListener } from './wire/exchange.js';
import type { WireRequest } from './wire/request-head.js';
import { WireError } from './wire/wire-error.js';

/** What a try tells the forwarding that made it. Nothing is told after `abandon`. */
export interface TryListener {
  /** A final response head. `false`: not wanted, the rest of the answer is thrown away. */
  onTryHead(attempt: Try, status: number, headers: readonly string[]): boolean;
  /** The instance speaks another protocol on this connection from here on. */
  onTryUpgrade(attempt: Try, status: number, headers: readonly string[], connection: Duplex): void;
  onTryData(chunk: Buffer): boolean;
  onTryEnd(trailers: readonly string[]): void;
  /** `sent`: whether the instance may have seen it. `answered`: whether its head was wanted before. */
  onTryError(attempt: Try, error: Error): void;
}

/** How a try is made. */
export interface TryTerms {
  /** Whether no answer, or a 502 to 504, says something of the instance: not if its caller is in too much of a hurry. */
  readonly isJudged: boolean;
  /** By `performance.now`. */
  readonly startedAt: number;
}

/** One try at one instance. */
export class Try implements ExchangeListener {
  /** Whether the request was written: the instance may have seen it. */
  sent = false;
  #answered = false;
  #abandoned = false;
  #discarding = false;
  #released = false;
  #exchange: Exchange | undefined;
  #upgraded: Duplex | undefined;
  #settled = false;

  constructor(
    readonly instance: Instance,
    private readonly service: UpstreamService,
    private readonly listener: TryListener,
    private readonly terms: TryTerms,
  ) {
    instance.noteAwaited(terms.startedAt);
  }

  /** Sends it. The listener may be told before this returns. */
  begin(connections: ConnectionPool, request: WireRequest): void {
    this.#exchange = connections.send(request, this);
  }

  /** Goes on after `onTryData` answered `false`. */
  resume(): void {
    this.#exchange?.resume();
  }

  get elapsedMs(): number {
    return performance.now() - this.terms.startedAt;
  }

  /** Gives it up: closes its connection and tells nobody. */
  abandon(kind: 'timeout' | 'abandoned'): void {
    if (this.#released) return;
    this.#abandoned = true;
    if (!this.#answered)
      this.#report({ kind: this.terms.isJudged ? kind : 'abandoned', afterMs: this.elapsedMs });
    this.#release();
    this.#upgraded?.destroy();
    this.#exchange?.abort();
  }

  onSent(): void {
    this.sent = true;
  }

  onHead(status: number, headers: string[]): void {
    if (this.#abandoned) return;
    this.#answered = true;
    const now = performance.now();
    this.#settle(true, now);
    this.#report(
      this.terms.isJudged || status < 502 || status > 504
        ? {
            kind: 'answered',
            status,
            latencyMs: now - this.terms.startedAt,
            streaming: isStreaming(headers),
            retryAfterMs: readRetryAfterMs(headers),
          }
        : { kind: 'abandoned', afterMs: now - this.terms.startedAt },
    );
    this.#discarding = !this.listener.onTryHead(this, status, headers);
  }

  onUpgrade(status: number, headers: string[], connection: Duplex): void {
    this.#answered = true;
    this.#settle(true);
    this.#upgraded = connection;
    connection.on('error', () => connection.destroy()).once('close', () => this.#release());
    // How long it stays open says nothing of the instance's speed.
    this.#report({ kind: 'answered', status, latencyMs: this.elapsedMs, streaming: true });
    this.listener.onTryUpgrade(this, status, headers, connection);
  }

  onData(chunk: Buffer): boolean {
    return this.#discarding || this.#abandoned || this.listener.onTryData(chunk);
  }

  onEnd(trailers: string[]): void {
    this.#release();
    if (this.#discarding || this.#abandoned) return;
    this.listener.onTryEnd(trailers);
  }

  onError(error: Error): void {
    if (this.#released) return;
    if (!this.#answered && !isCallersFault(error))
      this.#report({ kind: 'unreachable', afterMs: this.elapsedMs });
    this.#release();
    if (!this.#discarding) this.listener.onTryError(this, error);
  }

  #report(outcome: Outcome): void {
    this.service.pool.report(this.instance, outcome);
    this.service.listener.onTried?.(this.instance.member, outcome);
  }

  #release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#settle(false);
    this.service.pool.release(this.instance);
  }

  #settle(isHeard: boolean, now = performance.now()): void {
    if (this.#settled) return;
    this.#settled = true;
    this.instance.noteSettled(now, isHeard);
  }
}

/** A request that cannot be sent as it is: no instance is to blame. */
export function isCallersFault(error: Error): boolean {
  return error instanceof WireError && error.code === 'BAD_REQUEST';
}
