import type { CircuitState } from './circuit.js';
import type { Clock } from './clock.js';
import { monotonicClock } from './clock.js';
import { Instance } from './instance.js';
import type { CheckResult, HealthSettings, HealthSignal, OutReason } from './instance-health.js';
import { DEFAULT_HEALTH_SETTINGS } from './instance-health.js';
import type { Member } from './member.js';
import { isSameRun } from './member.js';
import type { Affinity, Candidates, Policy } from './policy.js';
import { DEFAULT_POLICY, makePolicy } from './policy-names.js';
import type { Random } from './random.js';

const DEFAULT_SLOW_START_MS = 5_000;
/** The share that a newcomer begins with. */
const SLOW_START_FLOOR = 0.1;
/** At most this share may be ejected by passive checks: beyond it the fault is hardly theirs. */
const MAX_EJECTED_SHARE = 0.5;
/** How long a failure makes an instance unattractive if it does not say itself. */
const FAILURE_PENALTY_MS = 1_000;
const LONGEST_PENALTY_MS = 30_000;

/** From whom a choice is made: the first of these in which somebody is left. */
const TIERS = ['available', 'draining', 'ready'] as const;

/** How one try at an instance went. */
export type Outcome =
  /** It sent a response head after `latencyMs`. `streaming` keeps endless answers out of the average. */
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly latencyMs: number;
      readonly retryAfterMs?: number | undefined;
      readonly streaming?: boolean;
    }
  /** Refused, broken, or unanswered for `afterMs` until the try was given up. */
  | { readonly kind: 'unreachable' | 'timeout'; readonly afterMs: number }
  /** The caller left after `afterMs` without an answer: the latency is at least that. */
  | { readonly kind: 'abandoned'; readonly afterMs: number };

/** What an `InstancePool` may be given instead of its defaults. */
export interface InstancePoolOptions {
  /** Default: `DEFAULT_POLICY`. */
  readonly policy?: Policy;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly health?: HealthSettings;
  /**
   * How long a newcomer's share grows from a tenth to all of it, in milliseconds, so that a cold process is not flooded.
   * Default 5,000; 0: it gets all of it at once.
   */
  readonly slowStartMs?: number;
  /** Hears of each instance that gets no requests from now on. Must not throw. Default: nobody does. */
  readonly onOut?: (instance: Instance, because: OutReason) => void;
}

/** What is known of an instance at the moment of a choice: why it was, or was not, chosen. Times in milliseconds. */
export interface Candidate {
  readonly id: string;
  readonly state: Member['state'];
  readonly inFlight: number;
  readonly latencyMs: number;
  /** What policies compare (see `Instance.cost`). */
  readonly costMs: number;
  readonly circuit: CircuitState;
  /** Why it gets no requests; absent if it does. */
  readonly outBecause?: OutReason;
  /** Until when it is ejected, from now; absent if it is not. */
  readonly ejectedForMs?: number;
}

/** The instances of one service: who they are, how they do, and which gets the next request. */
export class InstancePool {
  #instances: readonly Instance[] = [];
  #policy: Policy;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #health: HealthSettings;
  readonly #slowStartMs: number;
  readonly #onOut: NonNullable<InstancePoolOptions['onOut']>;

  constructor(options: InstancePoolOptions = {}) {
    this.#random = options.random ?? Math.random;
    this.#policy = options.policy ?? makePolicy(DEFAULT_POLICY, this.#random);
    this.#clock = options.clock ?? monotonicClock;
    this.#health = options.health ?? DEFAULT_HEALTH_SETTINGS;
    this.#slowStartMs = options.slowStartMs ?? DEFAULT_SLOW_START_MS;
    this.#onOut = options.onOut ?? (() => undefined);
  }

  /** What a choice at this moment would be made of. Chooses nothing. */
  explain(): readonly Candidate[] {
    const now = this.#clock.now();
    return this.#instances.map((instance) => candidateOf(instance, now));
  }

  get instances(): readonly Instance[] {
    return this.#instances;
  }

  /** Chooses by another policy from now on. What is known of the instances stays. */
  usePolicy(policy: Policy): void {
    this.#policy = policy;
  }

  /** Takes the service's members. Who stays keeps its history; a new run begins without one, slowly. */
  update(members: readonly Member[]): void {
    const now = this.#clock.now();
    // Those of the first listing are not newcomers: the listing is.
    const addedAt = this.#instances.length === 0 ? now - this.#slowStartMs : now;
    this.#instances = members.map((member) => {
      const known = this.#instances.find((instance) => isSameRun(instance.member, member));
      if (!known) return new Instance(member, addedAt, this.#health);
      known.member = member;
      return known;
    });
  }

  /**
   * Chooses an instance that is not in `tried` and counts a request in flight on it; the caller must `release` it.
   * Available ones first; if more than half are out, all ready ones (panic: the fault is hardly theirs);
   * then draining ones; then whatever is left. `undefined` if every instance was tried. `affinity`: what the request
   * sticks to, for a policy that sticks.
   */
  pick(tried: readonly Instance[] = [], affinity?: Affinity): Instance | undefined {
    const now = this.#clock.now();
    for (const tier of TIERS) {
      const untried = this.#tier(tier, now).filter((instance) => !tried.includes(instance));
      if (!isSome(untried)) continue;
      const taking = untried.filter((instance) => this.#takesPart(instance, now));
      const chosen = this.#policy.choose(isSome(taking) ? taking : untried, now, affinity);
      chosen.inFlight += 1;
      chosen.health.noteSent(now);
      return chosen;
    }
    return undefined;
  }

  #tier(tier: (typeof TIERS)[number], now: number): readonly Instance[] {
    if (tier === 'draining') return this.#instances.filter(({ member }) => member.state === 'draining');
    const ready = this.#instances.filter(({ member }) => member.state === 'ready');
    if (tier === 'ready') return ready;
    const out = ready.filter(({ health }) => health.isOut(now));
    return out.length * 2 > ready.length ? ready : ready.filter(({ health }) => health.isAvailable(now));
  }

  /** The picked request is over, however it went. */
  release(instance: Instance): void {
    instance.inFlight -= 1;
  }

  /** Learns from a try. */
  report(instance: Instance, outcome: Outcome): void {
    const now = this.#clock.now();
    if (outcome.kind === 'abandoned') {
      if (outcome.afterMs > instance.latency.read(now)) instance.latency.observe(outcome.afterMs, now);
      return;
    }
    if (outcome.kind !== 'answered') {
      if (outcome.kind === 'timeout') instance.latency.observe(outcome.afterMs, now);
      this.#fail(instance, 'local-failure', FAILURE_PENALTY_MS);
      return;
    }
    instance.hasAnswered = true;
    if (!outcome.streaming) instance.latency.observe(outcome.latencyMs, now);
    if (outcome.status < 502 || outcome.status > 504) {
      instance.health.note('fine', now);
      return;
    }
    this.#fail(instance, 'gateway-error', outcome.retryAfterMs ?? FAILURE_PENALTY_MS);
  }

  /** Learns from an active check. */
  reportCheck(instance: Instance, result: CheckResult): void {
    const now = this.#clock.now();
    const wasAvailable = instance.health.isAvailable(now);
    instance.health.noteCheck(result, now);
    if (wasAvailable && !instance.health.isAvailable(now)) this.#onOut(instance, 'failed-checks');
  }

  #fail(instance: Instance, signal: Exclude<HealthSignal, 'fine'>, penaltyMs: number): void {
    const now = this.#clock.now();
    instance.penalise(Math.min(penaltyMs, LONGEST_PENALTY_MS), now);
    if (!instance.health.note(signal, now)) return;
    const isOut = (other: Instance) => other !== instance && other.health.circuit(now) === 'open';
    if (this.#instances.filter(isOut).length + 1 > this.#instances.length * MAX_EJECTED_SHARE) return;
    instance.health.eject(signal, now);
    this.#onOut(instance, signal);
  }

  /** A newcomer takes part in only so many choices as its age allows, unless nobody else is there. */
  #takesPart(instance: Instance, now: number): boolean {
    const age = now - instance.addedAt;
    if (age >= this.#slowStartMs) return true;
    return this.#random() < Math.max(age / this.#slowStartMs, SLOW_START_FLOOR);
  }
}

function candidateOf(instance: Instance, now: number): Candidate {
  const { member, inFlight, latency, health } = instance;
  const outBecause = health.outBecause(now);
  const ejectedUntil = health.ejectedUntil(now);
  return {
    id: member.id,
    state: member.state,
    inFlight,
    latencyMs: latency.read(now),
    costMs: instance.cost(now),
    circuit: health.circuit(now),
    ...(outBecause !== undefined && { outBecause }),
    ...(ejectedUntil !== undefined && { ejectedForMs: ejectedUntil - now }),
  };
}

function isSome(instances: readonly Instance[]): instances is Candidates {
  return instances.length > 0;
}
