import type { HealthSettings, Random } from '@holdfast/balancer-core';

/** What a simulated server does with one request: works on it for so long and answers, or refuses the connection. */
export type Reply = { readonly status: number; readonly workMs: number } | 'refused';

/** One simulated server. */
export interface ServerPlan {
  readonly id: string;
  /** How many requests it works on at a time; the others wait, first come first served. */
  readonly workers: number;
  /** Default 1. */
  readonly weight?: number;
  /** From when on it is listed, in milliseconds. Default 0. */
  readonly joinsAtMs?: number;
  reply(now: number, random: Random): Reply;
}

/** Servers and clients, whoever chooses between them. All times in milliseconds. */
export interface Scenario {
  readonly servers: readonly ServerPlan[];
  /** On average; they come at random (a Poisson process), whatever is answered. */
  readonly requestsPerSecond: number;
  readonly durationMs: number;
  /** When a client gives up; the server works on all the same. */
  readonly deadlineMs: number;
  /** Requests belong to so many sessions, for the policy that sticks. */
  readonly sessions: number;
  /** Ejection, circuits and checks. Default: none, so that it is the policy alone that copes. */
  readonly health?: HealthSettings;
  /** How often servers are checked, where `health` is given. Default: never. */
  readonly checkEveryMs?: number;
  /** Default 0: newcomers get their whole share at once. */
  readonly slowStartMs?: number;
}

/** How one request went. */
export interface Served {
  readonly atMs: number;
  readonly by: string;
  /** `late`: not within the deadline. `failed`: an answer of 500 or more, or no connection. */
  readonly outcome: 'fine' | 'late' | 'failed';
  /** Until the answer or the deadline. */
  readonly latencyMs: number;
}
