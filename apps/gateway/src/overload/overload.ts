import type { ServerResponse } from 'node:http';
import {
  Admission,
  ConcurrencyLimit,
  type AdmissionSettings,
  type ConcurrencySettings,
  type Priority,
  type Slot,
} from '@holdfast/balancer-core';
import type { GatewayProblem } from '../http/send-problem.js';
import type { KnownRoute } from '../proxy/known-routes.js';
import type { EventLoopGuard } from './event-loop-guard.js';

const SWEEP_MS = 100;
/** Clients that were shed together must not come back together: 1 to 3 s. */
const LONGEST_RETRY_AFTER_S = 3;
/** Where a client says nothing, requests wait this long for their turn: a third of what they may take. */
const PATIENCE_MS = 10_000;
const PATIENCE_SHARE = 1 / 3;

/** What was too much: for the service, or for this worker. */
export type ShedReason = 'service' | 'worker';

/** What the gateway does when it is too much. */
export interface OverloadOptions {
  /** Between which numbers the limit of each service moves. `undefined`: there is no limit. */
  readonly concurrency: Partial<ConcurrencySettings> | undefined;
  /** How long requests wait. Default: `DEFAULT_ADMISSION`. */
  readonly admission?: Partial<AdmissionSettings>;
  readonly guard: Pick<EventLoopGuard, 'sheds' | 'close'>;
  /** See `AdmissionOptions`. */
  readonly isExcused: () => boolean;
  /** Hears of each request that was shed. */
  readonly onShed?: (service: string, priority: Priority, reason: ShedReason) => void;
}

/** A request that wants to go to a service. */
export interface Turn {
  /** `undefined`: the contract does not know it. */
  readonly route: KnownRoute | undefined;
  readonly response: ServerResponse;
  /** How long its client waits, if that said so. */
  readonly remainingMs?: number | undefined;
  /** How long it takes says something: not what goes on for long, nor what is sent while it goes on. */
  readonly isSample: boolean;
  /** At once, or later. The slot must be given back when the service has answered; at the latest that happens when the response closes. */
  onTurn(slot: Slot, kind: string | undefined): void;
  onShed(problem: GatewayProblem): void;
}

/** How it stands with one service, for people. */
export interface OverloadView {
  readonly service: string;
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/** Sheds by priority what is too much for a service, or for this worker, and queues bursts. */
export class Overload {
  readonly #admissions = new Map<string, Admission>();
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly options: OverloadOptions) {
    this.#timer = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /**
   * At the door: why a request is not even looked at, `undefined` if it may come in. It costs next to nothing, and comes
   * before all that costs something: the look at a cookie, which may ask auth; the body; the queue. For whatever is
   * long-lived (event streams, WebSockets) this is the whole question.
   */
  refusalOf(service: string, route: KnownRoute | undefined): GatewayProblem | undefined {
    const priority = route?.priority ?? 'normal';
    if (this.options.guard.sheds(priority)) return this.#shed(service, priority, 'worker');
    if (route?.boundsItself || this.#admissionTo(service)?.refuses(priority) !== true) return undefined;
    return this.#shed(service, priority, 'service');
  }

  /** Waits for a place among those that the service has in flight. Forgets who leaves meanwhile. */
  enter(service: string, turn: Turn): void {
    const { route } = turn;
    const admission = route?.boundsItself ? undefined : this.#admissionTo(service);
    const kind = turn.isSample ? (route?.name ?? '') : undefined;
    if (!admission) return turn.onTurn(NO_SLOT, kind);
    const priority = route?.priority ?? 'normal';
    let held: Slot | undefined;
    const leave = admission.enter({
      priority,
      kind,
      patienceMs: Math.min(PATIENCE_MS, (turn.remainingMs ?? Infinity) * PATIENCE_SHARE),
      onTurn: (slot) => {
        held = slot;
        turn.onTurn(slot, kind);
      },
      onShed: () => turn.onShed(this.#shed(service, priority, 'service')),
    });
    turn.response.on('close', () => {
      leave();
      // Who has its answer has given it back: this one did not wait for it.
      held?.release(kind, true);
    });
  }

  /** Every service that was asked for something. */
  view(): readonly OverloadView[] {
    return [...this.#admissions].map(([service, { limit, inFlight, waiting }]) => ({
      service,
      limit: limit.limit,
      inFlight,
      waiting,
    }));
  }

  close(): void {
    clearInterval(this.#timer);
    this.options.guard.close();
  }

  #admissionTo(service: string): Admission | undefined {
    const { concurrency, isExcused, admission } = this.options;
    if (!concurrency) return undefined;
    const known = this.#admissions.get(service);
    if (known) return known;
    const made = new Admission(new ConcurrencyLimit(concurrency), { ...admission, isExcused });
    this.#admissions.set(service, made);
    return made;
  }

  #sweep(): void {
    for (const admission of this.#admissions.values()) admission.sweep();
  }

  #shed(service: string, priority: Priority, reason: ShedReason): GatewayProblem {
    this.options.onShed?.(service, priority, reason);
    const retryAfterSeconds = 1 + Math.floor(Math.random() * LONGEST_RETRY_AFTER_S);
    return { code: 'ERR_OVERLOADED', detail: DETAILS[reason], retryAfterSeconds };
  }
}

const NO_SLOT: Slot = { release: () => undefined };

const DETAILS: Readonly<Record<ShedReason, string>> = {
  service: 'There is more to do here than can be done in time.',
  worker: 'There is more to do at the gateway than can be done in time.',
};
