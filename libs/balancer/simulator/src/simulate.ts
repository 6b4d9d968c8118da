import {
  InstancePool,
  makePolicy,
  seededRandom,
  type HealthSettings,
  type Instance,
  type Member,
  type PolicyName,
  type Random,
} from '@holdfast/balancer-core';
import { EventQueue } from './event-queue.js';
import type { Scenario, ServerPlan, Served } from './scenario.js';
import { SimulatedServer } from './simulated-server.js';

const SECOND_MS = 1_000;
/** How soon a refused connection is known. */
const REFUSAL_MS = 1;
const NOBODY_IS_EJECTED: HealthSettings = {
  gatewayErrors: Number.POSITIVE_INFINITY,
  localFailures: Number.POSITIVE_INFINITY,
  ejectionMs: 0,
  longestEjectionMs: 0,
  failedChecks: Number.POSITIVE_INFINITY,
};

/** Plays a scenario with a policy: the same seed, the same result. Requests are listed as they end; none is tried again. */
export function simulate(scenario: Scenario, policy: PolicyName, seed = 1): readonly Served[] {
  return new Simulation(scenario, policy, seed).run();
}

class Simulation {
  readonly #queue = new EventQueue();
  readonly #random: Random;
  readonly #pool: InstancePool;
  readonly #servers: ReadonlyMap<string, SimulatedServer>;
  readonly #served: Served[] = [];

  constructor(
    private readonly scenario: Scenario,
    policy: PolicyName,
    seed: number,
  ) {
    this.#random = seededRandom(seed);
    this.#pool = new InstancePool({
      clock: this.#queue,
      random: this.#random,
      policy: makePolicy(policy, this.#random),
      health: scenario.health ?? NOBODY_IS_EJECTED,
      slowStartMs: scenario.slowStartMs ?? 0,
    });
    this.#servers = new Map(
      scenario.servers.map((plan) => [plan.id, new SimulatedServer(plan, this.#random)]),
    );
  }

  run(): readonly Served[] {
    const { servers, requestsPerSecond, durationMs, checkEveryMs } = this.scenario;
    for (const at of new Set(servers.map(({ joinsAtMs = 0 }) => joinsAtMs))) {
      this.#queue.at(at, () => this.#list());
    }
    for (let at = 0; at < durationMs; at -= (Math.log(1 - this.#random()) / requestsPerSecond) * SECOND_MS) {
      this.#queue.at(at, () => this.#request());
    }
    // Halfway between the seconds, so that nothing is noticed by chance at the moment when it happens.
    for (let at = (checkEveryMs ?? durationMs) / 2; checkEveryMs && at < durationMs; at += checkEveryMs) {
      this.#queue.at(at, () => this.#check());
    }
    this.#queue.run();
    return this.#served;
  }

  #list(): void {
    const now = this.#queue.now();
    this.#pool.update(this.scenario.servers.filter(({ joinsAtMs = 0 }) => joinsAtMs <= now).map(memberOf));
  }

  #check(): void {
    for (const instance of this.#pool.instances) {
      const isReachable = this.#serverOf(instance).isReachable(this.#queue.now());
      this.#pool.reportCheck(instance, isReachable ? 'passed' : 'refused');
    }
  }

  #request(): void {
    const now = this.#queue.now();
    const session = `session-${Math.floor(this.#random() * this.scenario.sessions)}`;
    const instance = this.#pool.pick([], () => session);
    if (!instance) throw new Error('a scenario has a server from its beginning');
    instance.noteAwaited(now);
    const answer = this.#serverOf(instance).take(now);
    const end = (afterMs: number, outcome: Served['outcome'], report: () => void): void => {
      this.#queue.at(now + afterMs, () => {
        report();
        instance.noteSettled(this.#queue.now(), outcome !== 'late');
        this.#pool.release(instance);
        this.#served.push({ atMs: now, by: instance.member.id, outcome, latencyMs: afterMs });
      });
    };
    if (answer === 'refused') {
      return end(REFUSAL_MS, 'failed', () =>
        this.#pool.report(instance, { kind: 'unreachable', afterMs: REFUSAL_MS }),
      );
    }
    const { deadlineMs } = this.scenario;
    const latencyMs = answer.atMs - now;
    if (latencyMs > deadlineMs) {
      return end(deadlineMs, 'late', () =>
        this.#pool.report(instance, { kind: 'timeout', afterMs: deadlineMs }),
      );
    }
    const { status } = answer;
    end(latencyMs, status < 500 ? 'fine' : 'failed', () =>
      this.#pool.report(instance, { kind: 'answered', status, latencyMs }),
    );
  }

  #serverOf({ member }: Instance): SimulatedServer {
    const server = this.#servers.get(member.id);
    if (!server) throw new Error(`no server ${member.id}`);
    return server;
  }
}

function memberOf({ id, weight = 1 }: ServerPlan): Member {
  return { id, service: 'simulated', url: `http://${id}`, state: 'ready', pid: 1, startedAt: 1, weight };
}
