import {
  InstancePool,
  makePolicy,
  RetryBudget,
  type Clock,
  type Instance,
  type InstancePoolOptions,
  type Member,
  type Outcome,
  type PolicyName,
  type Random,
} from '@holdfast/balancer-core';
import type { UpstreamSettings } from './settings.js';
import { ConnectionPool } from './wire/connection-pool.js';

/** Over how long a `RetryBudget` counts. */
const BUDGET_WINDOW_S = 10;

/** Who counts what becomes of requests. Called for each one: it must not throw, and be quick. */
export interface UpstreamListener {
  /** What became of a try at an instance. */
  readonly onTried?: (member: Member, outcome: Outcome) => void;
  /** A service is tried once more. */
  readonly onRetry?: (service: string) => void;
}

/** The connections to an instance. */
interface Connections {
  /** So many as the settings say. */
  readonly usual: ConnectionPool;
  /** As many as are needed: for what goes on for long, which among the others would keep all of them waiting, and for checks. */
  readonly longLived: ConnectionPool;
}

/** One service: its instances, a connection pool for each, and the budget that its retries share. */
export class UpstreamService {
  readonly pool: InstancePool;
  readonly budget: RetryBudget;
  /** By which policy instances are chosen. */
  policyName: PolicyName;
  /** Hears of each instance that is taken out. */
  onOut: NonNullable<InstancePoolOptions['onOut']> = () => undefined;
  /** Hears of each try and each retry. */
  listener: UpstreamListener = {};
  readonly #connections = new Map<Instance, Connections>();
  readonly #reserves = new WeakMap<Instance, RetryBudget>();

  constructor(
    readonly name: string,
    readonly settings: UpstreamSettings,
    private readonly clock: Clock,
    readonly random: Random,
  ) {
    const { byDefault, byService } = settings.policies;
    this.policyName = byService.get(name) ?? byDefault;
    const policy = makePolicy(this.policyName, random);
    const onOut: InstancePoolOptions['onOut'] = (instance, because) => this.onOut(instance, because);
    this.pool = new InstancePool({ clock, random, policy, onOut });
    this.budget = new RetryBudget(undefined, clock);
  }

  /** Chooses by another policy from now on. */
  usePolicy(name: PolicyName): void {
    this.policyName = name;
    this.pool.usePolicy(makePolicy(name, this.random));
  }

  update(members: readonly Member[]): void {
    this.pool.update(members);
    const current = new Set(this.pool.instances);
    for (const [instance, { usual, longLived }] of this.#connections) {
      if (current.has(instance)) continue;
      this.#connections.delete(instance);
      // Answers that are on their way still arrive.
      void usual.close();
      void longLived.close();
    }
  }

  /** The connections to an instance; opened at its first request. @param isLong - those that nobody waits for */
  connectionsTo(instance: Instance, isLong = false): ConnectionPool {
    const { usual, longLived } = this.#connections.get(instance) ?? this.#open(instance);
    return isLong ? longLived : usual;
  }

  #open(instance: Instance): Connections {
    const { connections: most, connectTimeoutMs, bodyTimeoutMs } = this.settings;
    const { url } = instance.member;
    const connections = {
      usual: new ConnectionPool(url, { connections: most, connectTimeoutMs, bodyTimeoutMs }),
      longLived: new ConnectionPool(url, {
        connections: Infinity,
        connectTimeoutMs,
        bodyTimeoutMs: 0,
        maySwitch: true,
      }),
    };
    this.#connections.set(instance, connections);
    return connections;
  }

  /**
   * Takes the first retry of a request whose connection `from` broke; `false` if it must not be sent to `to`.
   * An instance that dies breaks off all it was doing at once, which on a quiet service is far more than a share of
   * the recent requests: that much may be moved past the budget, once in its window, as often as it had connections.
   * It amplifies nothing, since whoever takes it over is sound. If they break connections as well it is an outage,
   * and then only the budget counts.
   */
  withdrawMove(from: Instance, to: Instance): boolean {
    if (from !== to && to.health.isSound(this.clock.now()) && this.#reserveOf(from).withdraw()) return true;
    return this.budget.withdraw();
  }

  #reserveOf(instance: Instance): RetryBudget {
    const known = this.#reserves.get(instance);
    if (known) return known;
    const floorPerSecond = this.settings.connections / BUDGET_WINDOW_S;
    const reserve = new RetryBudget({ share: 0, floorPerSecond }, this.clock);
    this.#reserves.set(instance, reserve);
    return reserve;
  }

  /** Lets go of all connections; with `force` without waiting for answers. */
  async close(force: boolean): Promise<void> {
    const all = [...this.#connections.values()].flatMap(({ usual, longLived }) => [usual, longLived]);
    this.#connections.clear();
    await Promise.all(all.map((connections) => (force ? connections.destroy() : connections.close())));
  }
}
