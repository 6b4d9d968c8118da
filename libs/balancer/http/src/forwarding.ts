import type { Duplex } from 'node:stream';
import { judgeRetry, retryPauseMs, type Instance, type TryFailure } from '@holdfast/balancer-core';
import { DecisionRecord } from './decision.js';
import { isCallersFault, Try, type TryListener } from './try.js';
import {
  DEADLINE_HEADER,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamSink,
} from './upstream-request.js';
import type { UpstreamService } from './upstream-service.js';

/** A refusal "at the door" comes at once; a 503 that took longer tried, and elsewhere it would take as long. */
const TURNED_AWAY_WITHIN_MS = 1_000;

/** One request on its way: as many tries as are safe, one answer. Made by `Upstreams.forward`. */
export class Forwarding implements TryListener {
  readonly #tried: Instance[] = [];
  readonly #deadlineAt: number;
  readonly #record: DecisionRecord | undefined;
  #current: Try | undefined;
  #sentTries = 0;
  #retries = 0;
  #hadOvertime = false;
  #timer: NodeJS.Timeout | undefined;
  #headSent = false;
  #over = false;

  constructor(
    private readonly service: UpstreamService,
    private readonly request: UpstreamRequest,
    private readonly sink: UpstreamSink,
  ) {
    this.#deadlineAt = performance.now() + (request.deadlineMs ?? service.settings.deadlineMs);
    this.#record = request.explained ? new DecisionRecord(service) : undefined;
  }

  /** @internal Begins. Not in the constructor: an answer may come at once, and the sink wants to know us by then. */
  start(): void {
    this.service.budget.deposit();
    const instance = this.service.pool.pick([], this.request.affinity);
    if (instance) this.#launch(instance);
    else this.#fail('unavailable', 'no instance is known');
  }

  /** The caller left: the instance is told by closing the connection, and the sink hears no more. */
  abort(): void {
    if (this.#over) return;
    this.#finish();
    this.#current?.abandon('abandoned');
  }

  /** After `onData` returned `false`: go on. */
  resume(): void {
    this.#current?.resume();
  }

  onTryHead(attempt: Try, status: number, headers: readonly string[]): boolean {
    if (status === 503 && this.#turnedAway(attempt)) return false;
    clearTimeout(this.#timer);
    this.#headSent = true;
    this.#record?.ended(status);
    const instanceId = attempt.instance.member.id;
    this.sink.onHead({
      status,
      headers,
      instanceId,
      retries: this.#retries,
      decision: this.#record?.decision,
    });
    return true;
  }

  onTryUpgrade({ instance }: Try, status: number, headers: readonly string[], connection: Duplex): void {
    clearTimeout(this.#timer);
    this.#headSent = true;
    const head = { status, headers, instanceId: instance.member.id, retries: this.#retries };
    if (this.sink.onUpgrade) this.sink.onUpgrade(head, connection);
    else connection.destroy();
  }

  onTryData(chunk: Buffer): boolean {
    return this.sink.onData(chunk);
  }

  onTryEnd(trailers: readonly string[]): void {
    this.#finish();
    this.sink.onEnd(trailers);
  }

  onTryError(attempt: Try, error: Error): void {
    if (this.#over) return;
    if (this.#headSent) return this.#fail('truncated', error.message);
    if (isCallersFault(error)) return this.#fail('invalid', error.message);
    if (attempt.sent) this.#sentTries += 1;
    const failure: TryFailure = attempt.sent ? 'reset' : 'refused';
    // A reused connection may break by itself: with nobody else there the same instance gets another chance.
    const next = this.#next(failure) ?? (failure === 'reset' ? this.#next(failure, []) : undefined);
    if (!next) return this.#fail('unavailable', `connection ${failure}`);
    if (failure === 'refused') return this.#retry(next);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#retry(next), retryPauseMs(this.#retries + 1, this.service.random));
  }

  /** A 503 that comes at once (of an instance that drains, or is broken) is not the answer yet, if somebody else may be asked. */
  #turnedAway(attempt: Try): boolean {
    if (attempt.elapsedMs > TURNED_AWAY_WITHIN_MS) return false;
    this.#sentTries += 1;
    const next = this.#next('turned-away');
    if (next) this.#retry(next);
    return next !== undefined;
  }

  /** Who gets the next try; `undefined` if there must not be one. Picked, so it must be tried or released. */
  #next(failure: TryFailure, tried: readonly Instance[] = this.#tried): Instance | undefined {
    this.#record?.ended(failure);
    const { body, repeatable, affinity } = this.request;
    const replayable = body === undefined || Buffer.isBuffer(body) || !body.opened;
    const verdict = judgeRetry({ failure, repeatable, replayable, sentTries: this.#sentTries });
    if (verdict === 'no') return undefined;
    const instance = this.service.pool.pick(tried, affinity);
    if (!instance || verdict === 'free' || this.#withdraw(failure, instance)) return instance;
    this.service.pool.release(instance);
    return undefined;
  }

  #withdraw(failure: TryFailure, to: Instance): boolean {
    const from = this.#current?.instance;
    return failure === 'reset' && this.#sentTries === 1 && from
      ? this.service.withdrawMove(from, to)
      : this.service.budget.withdraw();
  }

  #retry(instance: Instance): void {
    if (this.#over) return this.service.pool.release(instance);
    this.#retries += 1;
    this.service.listener.onRetry?.(this.service.name);
    this.#launch(instance);
  }

  #launch(instance: Instance): void {
    this.#tried.push(instance);
    this.#record?.began(instance.member.id);
    const now = performance.now();
    const remainingMs = Math.max(0, this.#deadlineAt - now);
    const attempt = new Try(instance, this.service, this, {
      isJudged: this.request.hurried !== true,
      startedAt: now,
    });
    this.#current = attempt;
    this.#suspect(instance, now);
    const { method, path, headers, body, longLived, upgrade } = this.request;
    attempt.begin(this.service.connectionsTo(instance, longLived || upgrade !== undefined), {
      method,
      path,
      // What goes on for long has a deadline for its head only, and whoever gets one cannot know that.
      headers: longLived ? headers : [...headers, DEADLINE_HEADER, String(Math.ceil(remainingMs))],
      body,
      upgrade,
    });
  }

  /** Long before a try's time is over the others that wait for its instance may show that it hangs. */
  #suspect(instance: Instance, now: number): void {
    const { tryTimeoutMs, silenceMs, overtimeMs } = this.service.settings;
    const suspicionMs = instance.suspicionMs(now, silenceMs);
    if (suspicionMs >= Math.min(tryTimeoutMs, this.#deadlineAt - now)) return this.#arm(tryTimeoutMs);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Timers and clocks differ by one.
      const hangs = overtimeMs() === 0 && instance.seemsHung(performance.now(), suspicionMs - 1);
      if (!hangs || !this.#moveOn()) this.#arm(tryTimeoutMs - suspicionMs);
    }, suspicionMs);
  }

  get #remainingMs(): number {
    return Math.max(0, this.#deadlineAt - performance.now());
  }

  #arm(timeoutMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onTimer(), Math.min(timeoutMs, this.#remainingMs));
  }

  /** A try's time is over. If nobody else may be asked we go on waiting: a slow answer is better than none. */
  #onTimer(): void {
    const attempt = this.#current;
    if (performance.now() >= this.#deadlineAt - 1) {
      attempt?.abandon('timeout');
      return this.#fail('timeout', 'no answer in time');
    }
    const overtimeMs = this.#hadOvertime ? 0 : this.service.settings.overtimeMs();
    if (overtimeMs > 0) {
      this.#hadOvertime = true;
      return this.#arm(overtimeMs);
    }
    if (!this.#moveOn()) this.#arm(Number.POSITIVE_INFINITY);
  }

  /** Gives the present try up for one at somebody else, if there may be one. */
  #moveOn(): boolean {
    this.#sentTries += 1;
    const next = this.#next('timeout');
    if (!next) {
      this.#sentTries -= 1;
      return false;
    }
    this.#current?.abandon('timeout');
    this.#retry(next);
    return true;
  }

  #fail(kind: UpstreamFailure['kind'], detail: string): void {
    this.#finish();
    this.sink.onFailure({ kind, detail, retries: this.#retries, decision: this.#record?.decision });
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
