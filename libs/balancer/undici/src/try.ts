import type { Instance, Outcome } from '@holdfast/balancer-core';
import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { readRetryAfterMs, isStreaming } from './response-head.js';
import type { UpstreamService } from './upstream-service.js';

/** What a try tells the forwarding that made it. Nothing is told after `abandon`. */
export interface TryListener {
  /** A final response head. `false`: not wanted, the rest of the answer is thrown away. */
  onTryHead(attempt: Try, status: number, headers: readonly Buffer[], resume: () => void): boolean;
  /** The instance speaks another protocol on this connection from here on. */
  onTryUpgrade(attempt: Try, status: number, headers: readonly Buffer[], connection: Duplex): void;
  onTryData(chunk: Buffer): boolean;
  onTryEnd(trailers: readonly Buffer[]): void;
  /** `sent`: whether the instance may have seen it. `answered`: whether its head was wanted before. */
  onTryError(attempt: Try, error: Error): void;
}

/**
 * One try at one instance. Its methods are undici's handler interface in its raw form: the newer one parses every
 * response's headers into an object that a proxy has no use for.
 */
export class Try implements Dispatcher.DispatchHandler {
  /** Whether the request was written: the instance may have seen it. */
  sent = false;
  #answered = false;
  #abandoned = false;
  #discarding = false;
  #released = false;
  #abort: ((error?: Error) => void) | undefined;
  #settled = false;
  readonly #startedAt = performance.now();

  constructor(
    readonly instance: Instance,
    private readonly service: UpstreamService,
    private readonly listener: TryListener,
    /** Whether no answer, or a 502 to 504, says something of the instance: not if its caller is in too much of a hurry. */
    private readonly isJudged: boolean,
  ) {
    instance.noteAwaited(this.#startedAt);
  }

  get elapsedMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Gives it up: closes its connection and tells nobody. */
  abandon(kind: 'timeout' | 'abandoned'): void {
    if (this.#released) return;
    this.#abandoned = true;
    if (!this.#answered) this.#report({ kind: this.isJudged ? kind : 'abandoned', afterMs: this.elapsedMs });
    this.#release();
    this.#abort?.(new Error(`try ${kind}`));
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#abandoned) abort(new Error('try abandoned'));
    else this.sent = true;
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    // 103 and its like come as a head of their own; who waits for the final one must not see two.
    if (status < 200 || this.#abandoned) return true;
    this.#answered = true;
    this.#settle(true);
    this.#report(
      this.isJudged || status < 502 || status > 504
        ? {
            kind: 'answered',
            status,
            latencyMs: this.elapsedMs,
            streaming: isStreaming(headers),
            retryAfterMs: readRetryAfterMs(headers),
          }
        : { kind: 'abandoned', afterMs: this.elapsedMs },
    );
    this.#discarding = !this.listener.onTryHead(this, status, headers, resume);
    return true;
  }

  onUpgrade(status: number, headers: Buffer[] | string[] | null, connection: Duplex): void {
    this.#answered = true;
    this.#settle(true);
    this.#abort = () => connection.destroy();
    // undici took its listeners away.
    connection.on('error', () => connection.destroy()).once('close', () => this.#release());
    // How long it stays open says nothing of the instance's speed.
    this.#report({ kind: 'answered', status, latencyMs: this.elapsedMs, streaming: true });
    this.listener.onTryUpgrade(this, status, asBuffers(headers), connection);
  }

  onData(chunk: Buffer): boolean {
    return this.#discarding || this.#abandoned || this.listener.onTryData(chunk);
  }

  onComplete(trailers: string[] | Buffer[] | null): void {
    this.#release();
    if (this.#discarding || this.#abandoned) return;
    this.listener.onTryEnd(asBuffers(trailers));
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

  #settle(isHeard: boolean): void {
    if (this.#settled) return;
    this.#settled = true;
    this.instance.noteSettled(performance.now(), isHeard);
  }
}

function asBuffers(parts: string[] | Buffer[] | null): Buffer[] {
  return (parts ?? []).map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part));
}

/** A request that undici refuses to send: no instance is to blame. */
export function isCallersFault(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  return code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH';
}
