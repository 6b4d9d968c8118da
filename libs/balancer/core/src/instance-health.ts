import { Circuit, type CircuitSettings, type CircuitState } from './circuit.js';

/** When an instance is taken out (its circuit opens), and for how long. */
export interface HealthSettings extends CircuitSettings {
  /** Consecutive 502, 503 or 504 answers until ejection. */
  readonly gatewayErrors: number;
  /** Consecutive refused or broken connections and timeouts until ejection: surer signs, so fewer. */
  readonly localFailures: number;
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

/** Health of one instance, from its answers (passive: they open and close its circuit) and from probes (active). */
export class InstanceHealth {
  #gatewayErrors = 0;
  #localFailures = 0;
  #failedChecks = 0;
  #unhealthy = false;
  #openedFor: HealthSignal = 'fine';
  readonly #circuit: Circuit;

  constructor(private readonly settings: HealthSettings) {
    this.#circuit = new Circuit(settings);
  }

  /** Whether it should get the next request: of one that is half-open, whether a probe is due. */
  isAvailable(now: number): boolean {
    return !this.#unhealthy && this.#circuit.lets(now);
  }

  /** Whether it is ejected or fails its checks. One that is half-open is not out: it is being tried. */
  isOut(now: number): boolean {
    return this.#unhealthy || this.circuit(now) === 'open';
  }

  /** Whether it is believed and its last connection held: nothing says that it shares an outage. */
  isSound(now: number): boolean {
    return !this.#unhealthy && this.circuit(now) === 'closed' && this.#localFailures === 0;
  }

  /** Whether requests pass to it. */
  circuit(now: number): CircuitState {
    return this.#circuit.state(now);
  }

  /** When its ejection ends; `undefined` if it is not ejected. */
  ejectedUntil(now: number): number | undefined {
    return this.#circuit.openUntil(now);
  }

  /** Why it gets no requests; `undefined` if it does. */
  outBecause(now: number): OutReason | undefined {
    if (this.#circuit.state(now) === 'open' && this.#openedFor !== 'fine') return this.#openedFor;
    return this.#unhealthy ? 'failed-checks' : undefined;
  }

  /** A request was sent to it. */
  noteSent(now: number): void {
    this.#circuit.noteSent(now);
  }

  /** Counts a request's outcome. Returns whether it should be ejected now: of one that is half-open, at its first failure. */
  note(signal: HealthSignal, now: number): boolean {
    if (signal === 'fine') {
      this.#gatewayErrors = 0;
      this.#localFailures = 0;
      this.#circuit.noteFine(now);
      return false;
    }
    // It is out: what was under way when it was ejected fails as well.
    if (this.circuit(now) === 'open') return false;
    // Whatever it says, who answers has a good connection.
    if (signal === 'gateway-error') this.#localFailures = 0;
    const isTooMany =
      signal === 'gateway-error'
        ? ++this.#gatewayErrors >= this.settings.gatewayErrors
        : ++this.#localFailures >= this.settings.localFailures;
    return isTooMany || this.circuit(now) === 'half-open';
  }

  eject(because: HealthSignal, now: number): void {
    this.#circuit.open(now);
    this.#openedFor = because;
    this.#gatewayErrors = 0;
    this.#localFailures = 0;
  }

  /** Takes an active check. A passed one ends an ejection for unreachability: it is reachable, and a request shall prove it. */
  noteCheck(result: CheckResult, now: number): void {
    if (result === 'passed') {
      this.#failedChecks = 0;
      this.#unhealthy = false;
      this.#localFailures = 0;
      if (this.#openedFor === 'local-failure') this.#circuit.expire(now);
      return;
    }
    this.#failedChecks += 1;
    this.#unhealthy ||= result === 'refused' || this.#failedChecks >= this.settings.failedChecks;
  }
}
