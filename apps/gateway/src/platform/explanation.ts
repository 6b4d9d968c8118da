import type { Decision } from '@holdfast/balancer-http';

/** The header by which an administrator asks how an answer came about, and in which it is told. */
export const EXPLAIN_HEADER = 'x-gateway-explain';
/** What a client reads of headers must leave room for others. */
const LARGEST_BYTES = 4_096;

/** A decision as the value of a header: compact JSON. Of many candidates only as many are named as there is room for. */
export function explanationOf(decision: Decision): string {
  let candidates = decision.candidates.map((each) => ({
    ...each,
    latencyMs: rounded(each.latencyMs),
    costMs: rounded(each.costMs),
    ...(each.ejectedForMs !== undefined && { ejectedForMs: Math.round(each.ejectedForMs) }),
  }));
  for (;;) {
    const left = decision.candidates.length - candidates.length;
    const text = JSON.stringify({ ...decision, candidates, ...(left > 0 && { notNamed: left }) });
    if (text.length <= LARGEST_BYTES || candidates.length === 0) return text;
    candidates = candidates.slice(0, Math.floor(candidates.length / 2));
  }
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
