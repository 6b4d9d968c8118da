import { betterThanOurs, timesOf, type GatewayResults } from './results.js';

/** A goal, and what came of it. */
export interface GoalRow {
  readonly what: string;
  readonly goal: string;
  readonly result: string;
}

/** Signed in by token: what the goals are for. */
export const JUDGED = 'ours';
const MOST = { nginx: 2.2, 'reply-from': 0.9 } as const;

/** The goals of the gateway, each with its result. */
export function goalRows(results: GatewayResults): readonly GoalRow[] {
  return [
    atMost(results, 'processor time a request, of nginx’s', 'nginx'),
    atMost(results, 'processor time a request, of `@fastify/http-proxy`’s', 'reply-from'),
    ...[...results.scoreboard].map(([fault, row]) => {
      const better = betterThanOurs(row);
      const result = better.length === 0 ? 'met' : `**missed**: ${better.join('; ')}`;
      return { what: fault.title, goal: 'best or equal best', result };
    }),
  ];
}

function atMost(results: GatewayResults, what: string, base: keyof typeof MOST): GoalRow {
  const goal = `at most ${MOST[base]}`;
  const times = timesOf(results, 'micros', [JUDGED, base])?.median;
  if (times === undefined || !Number.isFinite(times)) return { what, goal, result: 'not measured' };
  return { what, goal, result: `${times.toFixed(2)}, ${times <= MOST[base] ? 'met' : '**missed**'}` };
}
