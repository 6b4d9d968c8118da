/** When an instance is taken out, and for how long. */
export interface HealthSettings {
  /** Consecutive 502, 503 or 504 answers until ejection. */
  readonly gatewayErrors: number;
  /** Consecutive refused or broken connections and timeouts until ejection: surer signs, so fewer. */
  readonly localFailures: number;
  /** The first ejection, in milliseconds; the n-th lasts n times as long. */
  readonly ejectionMs: number;
  readonly longestEjectionMs: number;
  /** Consecutive unanswered active checks until the instance counts as unhealthy. */
  readonly failedChecks: number;
}

/** Envoy's defaults (outlier detection), but for the faster count of local failures. */
export const DEFAULT_HEALTH_SETTINGS: HealthSettings = {
  gatewayErrors: 5,
  localFailures: 2,
  ejectionMs: 30_000,
  longestEjectionMs: 300_000,
  failedChecks: 2,
};

/** What an active check saw. `refused`: nobody listens, or the instance says that it is not ready. */
export type CheckResult = 'passed' | 'refused' | 'unanswered';

/** What one request told of an instance's health. */
export type HealthSignal = 'fine' | 'gateway-error' | 'local-failure';

/** Why an instance is out: what ejected it, or active checks that fail. */
export type OutReason = Exclude<HealthSignal, 'fine'> | 'failed-checks';

/** Health of one instance, from its answers (passive) and from probes (active). */
export class InstanceHealth {
  #gatewayErrors = 0;
  #localFailures = 0;
  #failedChecks = 0;
  #unhealthy = false;
  #ejections = 0;
  #ejectedUntil = Number.NEGATIVE_INFINITY;
  #ejectedFor: HealthSignal = 'fine';

  constructor(private readonly settings: HealthSettings) {}

  /** Whether it should get requests. */
  isAvailable(now: number): boolean {
    return !this.#unhealthy && now >= this.#ejectedUntil;
  }

  /** Whether it is available and its last connection held: nothing says that it shares an outage. */
  isSound(now: number): boolean {
    return this.isAvailable(now) && this.#localFailures === 0;
  }

  /** When its ejection ends; `undefined` if it is not ejected. */
  ejectedUntil(now: number): number | undefined {
    return now < this.#ejectedUntil ? this.#ejectedUntil : undefined;
  }

  /** Why it gets no requests; `undefined` if it does. */
  outBecause(now: number): OutReason | undefined {
    if (now < this.#ejectedUntil && this.#ejectedFor !== 'fine') return this.#ejectedFor;
    return this.#unhealthy ? 'failed-checks' : undefined;
  }

  /** Counts a request's outcome. Returns whether it should be ejected now. */
  note(signal: HealthSignal): boolean {
    if (signal === 'fine') {
      this.#gatewayErrors = 0;
      this.#localFailures = 0;
      return false;
    }
    if (signal === 'gateway-error') {
      // It answered: the connection is good, whatever the answer says.
      this.#localFailures = 0;
      return ++this.#gatewayErrors >= this.settings.gatewayErrors;
    }
    return ++this.#localFailures >= this.settings.localFailures;
  }

  eject(because: HealthSignal, now: number): void {
    const { ejectionMs, longestEjectionMs } = this.settings;
    const calm = now - this.#ejectedUntil > longestEjectionMs;
    this.#ejections = calm ? 1 : this.#ejections + 1;
    this.#ejectedUntil = now + Math.min(ejectionMs * this.#ejections, longestEjectionMs);
    this.#ejectedFor = because;
    this.#gatewayErrors = 0;
    this.#localFailures = 0;
  }

  /** Takes an active check. A passed one ends an ejection for unreachability: it is reachable. */
  noteCheck(result: CheckResult, now: number): void {
    if (result === 'passed') {
      this.#failedChecks = 0;
      this.#unhealthy = false;
      this.#localFailures = 0;
      if (this.#ejectedFor === 'local-failure') this.#ejectedUntil = Math.min(this.#ejectedUntil, now);
      return;
    }
    this.#failedChecks += 1;
    this.#unhealthy ||= result === 'refused' || this.#failedChecks >= this.settings.failedChecks;
  }
}
