import { Inject, Injectable, Optional, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthCheckAttempt } from '@nestjs/terminus';
import type { Redis } from '@holdfast/session-redis';
import type { Pool } from 'pg';
import { DATABASE_POOL } from '../database.module.js';
import { REDIS_GENERAL } from '../redis.module.js';

/** Longest wait for a dependency's answer. */
const ANSWER_WITHIN_MS = 1_000;

/** What a health check found. */
export interface HealthReport {
  readonly status: string;
  readonly [member: string]: unknown;
}

/** Asks each dependency of the process (Redis; Postgres where it has one) for a sign of life and takes the time. */
@Injectable()
export class DependencyHealth {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(REDIS_GENERAL) private readonly redis: Redis,
    @Optional() @Inject(DATABASE_POOL) private readonly pool?: Pool,
  ) {}

  /** Never rejects because something is down: `status` is `error` then, and `details` says what. */
  async check(): Promise<HealthReport> {
    try {
      return { ...(await this.health.check(this.#attempts().map((attempt) => () => attempt))) };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      return { status: 'error', ...(error.getResponse() as object) };
    }
  }

  #attempts(): HealthCheckAttempt[] {
    const { redis, pool } = this;
    return [
      this.#attempt('redis', async () => void (await redis.ping())),
      ...(pool ? [this.#attempt('postgres', async () => void (await pool.query('SELECT 1')))] : []),
    ];
  }

  #attempt(name: string, ask: () => Promise<void>): HealthCheckAttempt {
    return this.indicators.check(name).attempt(ask).withTimeout(ANSWER_WITHIN_MS);
  }
}
