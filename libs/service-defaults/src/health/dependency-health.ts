import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';

/** Longest wait for a dependency's answer. */
const ANSWER_WITHIN_MS = 1_000;

/** One dependency of a process, and how it is asked for a sign of life: a rejection means that it is down. */
export interface HealthCheck {
  readonly name: string;
  ask(): Promise<unknown>;
}

/** The dependencies of this process: `readonly HealthCheck[]`. */
export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

/** What a health check found. */
export interface HealthReport {
  readonly status: string;
  readonly [member: string]: unknown;
}

/** Asks each dependency of the process for a sign of life and takes the time. */
@Injectable()
export class DependencyHealth {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[],
  ) {}

  /** Never rejects because something is down: `status` is `error` then, and `details` says what. */
  async check(): Promise<HealthReport> {
    const attempts = this.checks.map((check) =>
      this.indicators
        .check(check.name)
        .attempt(async () => void (await check.ask()))
        .withTimeout(ANSWER_WITHIN_MS),
    );
    try {
      return { ...(await this.health.check(attempts.map((attempt) => () => attempt))) };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return { status: 'error', ...(error.getResponse() as object) };
    }
  }
}
