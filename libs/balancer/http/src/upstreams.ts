import {
  checkedPolicyName,
  monotonicClock,
  type CircuitState,
  type Clock,
  type InstanceHealth,
  type Member,
  type OutReason,
  type PolicyName,
  type Random,
} from '@holdfast/balancer-core';
import { ActiveChecks } from './active-checks.js';
import { Forwarding } from './forwarding.js';
import { DEFAULT_UPSTREAM_SETTINGS, type UpstreamSettings } from './settings.js';
import type { UpstreamRequest, UpstreamSink } from './upstream-request.js';
import { UpstreamService, type UpstreamListener } from './upstream-service.js';

/** What is known of one instance, for people. */
export interface InstanceView extends Member {
  readonly inFlight: number;
  readonly latencyMs: number;
  /** Whether the next request may go to it. */
  readonly available: boolean;
  readonly circuit: CircuitState;
  /** Milliseconds from now; absent if it is not ejected. */
  readonly ejectedForMs?: number;
}

/** An instance that gets no requests from now on. */
export interface InstanceOut {
  readonly member: Member;
  readonly because: OutReason;
  /** Milliseconds; absent where it is out until an active check passes. */
  readonly ejectedForMs?: number;
}

/** All services that requests go to: members come in by `update`, requests go out by `forward`. */
export class Upstreams {
  readonly #services = new Map<string, UpstreamService>();
  #settings: UpstreamSettings;
  readonly #checks: ActiveChecks | undefined;
  #onKnown: (() => void) | undefined;
  #known = false;
  #onMembers: (members: readonly Member[]) => void = () => undefined;
  readonly #onOut: ((out: InstanceOut) => void)[] = [];
  #listener: UpstreamListener = {};
  /** Settles with the first `update`: from then on "no instance" is a fact. */
  readonly known = new Promise<void>((resolve) => (this.#onKnown = resolve));

  constructor(
    settings: Partial<UpstreamSettings> = {},
    private readonly random: Random = Math.random,
    private readonly clock: Clock = monotonicClock,
  ) {
    this.#settings = { ...DEFAULT_UPSTREAM_SETTINGS, ...settings };
    const { checkIntervalMs, checkTimeoutMs } = this.#settings;
    if (checkIntervalMs > 0) {
      this.#checks = new ActiveChecks(() => this.#services.values(), checkIntervalMs, checkTimeoutMs);
    }
  }

  /** Whether `update` was called. */
  get areKnown(): boolean {
    return this.#known;
  }

  /** Takes all members of all services. */
  update(members: readonly Member[]): void {
    const names = new Set([...this.#services.keys(), ...members.map((member) => member.service)]);
    for (const name of names) {
      this.#service(name).update(members.filter((member) => member.service === name));
    }
    this.#onMembers(members);
    this.#known = true;
    this.#onKnown?.();
  }

  /** Sends a request to an instance of a service, or to several one after another where that is safe. */
  forward(service: string, request: UpstreamRequest, sink: UpstreamSink): Forwarding {
    const forwarding = new Forwarding(this.#service(service), request, sink);
    forwarding.start();
    return forwarding;
  }

  /** Calls back with all members at each `update`. For one listener, which must not throw. */
  onMembers(listener: (members: readonly Member[]) => void): void {
    this.#onMembers = listener;
  }

  /** Calls back when an instance is ejected, or fails its active checks. The listener must not throw. */
  onOut(listener: (out: InstanceOut) => void): void {
    this.#onOut.push(listener);
  }

  /** Tells one listener of every try from now on. */
  observe(listener: UpstreamListener): void {
    this.#listener = listener;
    for (const service of this.#services.values()) service.listener = listener;
  }

  /** How many retries the budget of each service allows at this moment. */
  retryBudgets(): readonly { readonly service: string; readonly left: number }[] {
    return [...this.#services.values()].map(({ name, budget }) => ({ service: name, left: budget.left }));
  }

  /**
   * Chooses by another policy from now on: among the instances of `service`, or with `undefined` of every service that has
   * none of its own. This process only. Throws a `TypeError` for a name that is none, and changes nothing then.
   */
  usePolicy(service: string | undefined, name: PolicyName): void {
    const policy = checkedPolicyName(name);
    const { byDefault, byService } = this.#settings.policies;
    const policies =
      service === undefined
        ? { byDefault: policy, byService }
        : { byDefault, byService: new Map([...byService, [service, policy]]) };
    this.#settings = { ...this.#settings, policies };
    for (const each of this.#services.values()) {
      if (each.name === service || (service === undefined && !byService.has(each.name)))
        each.usePolicy(policy);
    }
  }

  /** By which policy the instances of a service are chosen. */
  policyOf(service: string): PolicyName {
    const { byDefault, byService } = this.#settings.policies;
    return byService.get(service) ?? byDefault;
  }

  /** Every known instance and how it does. */
  view(): readonly InstanceView[] {
    const now = this.clock.now();
    return [...this.#services.values()].flatMap(({ pool }) =>
      pool.instances.map(({ member, inFlight, latency, health }) => ({
        ...member,
        inFlight,
        latencyMs: latency.read(now),
        available: health.isAvailable(now),
        circuit: health.circuit(now),
        ...ejection(health, now),
      })),
    );
  }

  /** Ends all connections. Answers on their way arrive first, for at most `graceMs`. */
  async close(graceMs = 0): Promise<void> {
    this.#checks?.close();
    const services = [...this.#services.values()];
    const closing = Promise.all(services.map((service) => service.close(graceMs === 0)));
    const grace = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref());
    await Promise.race([closing, grace]);
  }

  #service(name: string): UpstreamService {
    const known = this.#services.get(name);
    if (known) return known;
    const service = new UpstreamService(name, this.#settings, this.clock, this.random);
    service.listener = this.#listener;
    service.onOut = ({ member, health }, because) => {
      const now = this.clock.now();
      const out = { member, because, ...ejection(health, now) };
      for (const tell of this.#onOut) tell(out);
    };
    this.#services.set(name, service);
    return service;
  }
}

function ejection(health: InstanceHealth, now: number): { readonly ejectedForMs?: number } {
  const until = health.ejectedUntil(now);
  return until === undefined ? {} : { ejectedForMs: until - now };
}
