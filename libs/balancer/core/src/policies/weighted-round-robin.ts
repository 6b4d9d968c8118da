import type { Instance } from '../instance.js';
import { weightOf } from '../member.js';
import type { Candidates, Policy } from '../policy.js';

/**
 * Smooth weighted round robin: shares by `Member.weight`, and no bursts: with weights 5, 1, 1 the order is a a b a c a a.
 * Each turn everyone earns its weight, and who has most pays what all have earned. Source: nginx, 2012
 * (`ngx_http_upstream_round_robin.c`).
 */
export class WeightedRoundRobin implements Policy {
  readonly #credits = new WeakMap<Instance, number>();

  choose(candidates: Candidates): Instance {
    let total = 0;
    let richest = candidates[0];
    let most = Number.NEGATIVE_INFINITY;
    for (const candidate of candidates) {
      const weight = weightOf(candidate.member);
      const credit = (this.#credits.get(candidate) ?? 0) + weight;
      this.#credits.set(candidate, credit);
      total += weight;
      if (credit <= most) continue;
      richest = candidate;
      most = credit;
    }
    this.#credits.set(richest, most - total);
    return richest;
  }
}
