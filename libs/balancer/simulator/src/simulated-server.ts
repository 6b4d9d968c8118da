import type { Random } from '@holdfast/balancer-core';
import type { ServerPlan } from './scenario.js';

/** When a server answers, and with what status. */
export type Answer = { readonly status: number; readonly atMs: number } | 'refused';

/** A server with a queue: what it takes it works on in the order of arrival, as soon as a worker is free. */
export class SimulatedServer {
  readonly #freeAtMs: number[];

  constructor(
    readonly plan: ServerPlan,
    private readonly random: Random,
  ) {
    this.#freeAtMs = new Array<number>(plan.workers).fill(0);
  }

  /** Takes a request. */
  take(now: number): Answer {
    const reply = this.plan.reply(now, this.random);
    if (reply === 'refused') return reply;
    const soonest = this.#freeAtMs.indexOf(Math.min(...this.#freeAtMs));
    const beginsAtMs = Math.max(now, this.#freeAtMs[soonest] ?? now);
    const atMs = beginsAtMs + reply.workMs;
    this.#freeAtMs[soonest] = atMs;
    return { status: reply.status, atMs };
  }

  /** Whether an active check passes: somebody listens. */
  isReachable(now: number): boolean {
    return this.plan.reply(now, this.random) !== 'refused';
  }
}
