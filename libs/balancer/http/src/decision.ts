import type { Candidate, TryFailure } from '@holdfast/balancer-core';
import type { UpstreamService } from './upstream-service.js';

/** One try of a request that is explained. */
export interface ExplainedTry {
  readonly instance: string;
  /** Since the request came, in milliseconds. */
  readonly beganAtMs: number;
  readonly tookMs: number;
  /** The status that was answered, or why it was not. `pending`: it is still under way. */
  readonly outcome: number | TryFailure | 'pending';
}

/** How an answer came about. Times in milliseconds. */
export interface Decision {
  readonly service: string;
  readonly policy: string;
  /** As the first choice found them. */
  readonly candidates: readonly Candidate[];
  readonly tries: readonly ExplainedTry[];
  /** Retries that the service's budget allows after this request. */
  readonly retriesLeft: number;
}

/** Notes how an answer comes about. */
export class DecisionRecord {
  readonly #startedAt = performance.now();
  readonly #candidates: readonly Candidate[];
  readonly #tries: {
    instance: string;
    beganAt: number;
    endedAt?: number;
    outcome: ExplainedTry['outcome'];
  }[] = [];

  /** Before the first choice. */
  constructor(private readonly service: UpstreamService) {
    this.#candidates = service.pool.explain();
  }

  began(instance: string): void {
    this.#tries.push({ instance, beganAt: performance.now(), outcome: 'pending' });
  }

  /** How the last try went; what is said later counts. */
  ended(outcome: ExplainedTry['outcome']): void {
    const last = this.#tries.at(-1);
    if (last) Object.assign(last, { outcome, endedAt: performance.now() });
  }

  get decision(): Decision {
    const { name, policyName: policy, budget } = this.service;
    const now = performance.now();
    const tries = this.#tries.map(({ instance, beganAt, endedAt = now, outcome }) => ({
      instance,
      beganAtMs: rounded(beganAt - this.#startedAt),
      tookMs: rounded(endedAt - beganAt),
      outcome,
    }));
    const candidates = this.#candidates;
    return {
      service: name,
      policy,
      candidates,
      tries,
      retriesLeft: Math.floor(budget.left),
    };
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
