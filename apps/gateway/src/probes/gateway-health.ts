import { Upstreams } from '@holdfast/balancer-undici';
import { REDIS_GENERAL } from '@holdfast/service-defaults';
import { Inject, Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckAttempt } from '@nestjs/terminus';

const ANSWER_WITHIN_MS = 1_000;
const SERVICES = ['auth', 'user', 'order'];

/** What a health check found. */
export interface HealthReport {
  readonly status: string;
  readonly [member: string]: unknown;
}

/** Whether Redis answers, and whether each service has an instance that takes requests. */
@Injectable()
export class GatewayHealth {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(REDIS_GENERAL) private readonly redis: { ping(): Promise<unknown> },
    private readonly upstreams: Upstreams,
  ) {}

  /** Never rejects because something is down: `status` is `error` then, and `details` says what. */
  async check(): Promise<HealthReport> {
    const attempts = [
      this.#attempt('redis', async () => void (await this.redis.ping())),
      ...SERVICES.map((service) => this.#attempt(service, async () => this.#expectInstance(service))),
    ];
    try {
      return { ...(await this.health.check(attempts.map((attempt) => () => attempt))) };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return { status: 'error', ...(error.getResponse() as object) };
    }
  }

  #expectInstance(service: string): void {
    const taking = this.upstreams
      .view()
      .filter((instance) => instance.service === service && instance.state === 'ready' && instance.available);
    if (taking.length === 0) throw new Error(`no instance of ${service} takes requests`);
  }

  #attempt(name: string, ask: () => Promise<void>): HealthCheckAttempt {
    return this.indicators.check(name).attempt(ask).withTimeout(ANSWER_WITHIN_MS);
  }
}
