import { DEFAULT_HEALTH_SETTINGS, type Random } from '@holdfast/balancer-core';
import type { Scenario, ServerPlan } from './scenario.js';

/** The server that is slow, fails, comes late or is cut off in these scenarios. */
export const ODD_ONE = 'server-1';
/** When the newcomer joins, and when the cut begins, in milliseconds. */
export const STRIKES_AT_MS = 10_000;
/** How long the cut lasts, and how long the newcomer is cold, in milliseconds. */
export const LASTS_MS = 5_000;

const SECOND_MS = 1_000;
const SERVERS = 11;
const CLIENTS = { deadlineMs: SECOND_MS, sessions: 1_000 };

/** Anywhere between two times. */
const within = (fromMs: number, toMs: number, random: Random): number => fromMs + random() * (toMs - fromMs);

/** Many servers that do as `usual`, of which the first is another. */
function withOddOne(count: number, usual: Omit<ServerPlan, 'id'>, odd: Partial<ServerPlan>): ServerPlan[] {
  const plans = Array.from({ length: count }, (_none, at) => ({ ...usual, id: `server-${at + 1}` }));
  return plans.map((plan) => (plan.id === ODD_ONE ? { ...plan, ...odd } : plan));
}

/**
 * The experiment of Jenson and Oanta, "Beyond Round Robin: Load Balancing for Latency" (Buoyant, 2016): eleven servers, one
 * of them slow, and clients that wait for a second. They saw 95 % of the requests succeed with round robin, 99 % with least
 * loaded and 99.9 % with peak EWMA. Here half of what the slow one does takes longer than a second.
 */
export const oneSlow: Scenario = {
  ...CLIENTS,
  servers: withOddOne(
    SERVERS,
    { workers: 64, reply: (_now, random) => ({ status: 200, workMs: within(50, 100, random) }) },
    { reply: (_now, random) => ({ status: 200, workMs: within(100, 1_950, random) }) },
  ),
  requestsPerSecond: 200,
  durationMs: 60_000,
};

/** One of eleven works ten times as slowly, so that its share is more than it can do. */
export const tenTimesSlower: Scenario = {
  ...CLIENTS,
  servers: withOddOne(
    SERVERS,
    { workers: 4, reply: (_now, random) => ({ status: 200, workMs: within(25, 75, random) }) },
    { reply: (_now, random) => ({ status: 200, workMs: within(250, 750, random) }) },
  ),
  requestsPerSecond: 400,
  durationMs: 20_000,
};

/** One of eleven answers 503 at once: it has the fewest requests in flight and the lowest latency of all. */
export const failsFast: Scenario = {
  ...CLIENTS,
  servers: withOddOne(
    SERVERS,
    { workers: 64, reply: (_now, random) => ({ status: 200, workMs: within(50, 150, random) }) },
    { reply: () => ({ status: 503, workMs: 1 }) },
  ),
  requestsPerSecond: 200,
  durationMs: 20_000,
};

/** A fifth server joins four, and is cold: its first requests take ten times as long, until it is warm after 5 s. */
export const newcomer: Scenario = {
  ...CLIENTS,
  servers: withOddOne(
    5,
    { workers: 4, reply: (_now, random) => ({ status: 200, workMs: within(25, 75, random) }) },
    {
      joinsAtMs: STRIKES_AT_MS,
      reply: (now, random) => {
        const cold = Math.max(0, 1 - (now - STRIKES_AT_MS) / LASTS_MS);
        return { status: 200, workMs: within(25, 75, random) * (1 + 9 * cold) };
      },
    },
  ),
  requestsPerSecond: 120,
  durationMs: 20_000,
};

/** One of four refuses connections for 5 s, and is back. */
export const cutOff: Scenario = {
  ...CLIENTS,
  servers: withOddOne(
    4,
    { workers: 64, reply: (_now, random) => ({ status: 200, workMs: within(25, 75, random) }) },
    {
      reply: (now, random) =>
        now >= STRIKES_AT_MS && now < STRIKES_AT_MS + LASTS_MS
          ? 'refused'
          : { status: 200, workMs: within(25, 75, random) },
    },
  ),
  requestsPerSecond: 200,
  durationMs: 20_000,
};

/** A scenario with all that stands around the policy: ejection, circuits, checks each second, slow start. */
export function guarded(scenario: Scenario): Scenario {
  return {
    ...scenario,
    health: DEFAULT_HEALTH_SETTINGS,
    checkEveryMs: SECOND_MS,
    slowStartMs: 5 * SECOND_MS,
  };
}
