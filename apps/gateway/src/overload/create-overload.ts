import { Belief, type Redis } from '@holdfast/session-redis';
import { AccessTokenVerifier } from '@holdfast/session-nest';
import { REDIS_GENERAL } from '@holdfast/service-defaults';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import type { GatewayConfig } from '../config.js';
import { ClientRate } from './client-rate.js';
import { EventLoopGuard } from './event-loop-guard.js';
import { overloadGauges, shedCounter } from './overload-metrics.js';
import { Overload } from './overload.js';

/** The overload protection of a worker. While its session store is away requests are slow for that reason, and for no other. */
export function createOverload(app: NestFastifyApplication, config: GatewayConfig): Overload {
  const registry = app.get<Registry>(Registry, { strict: false });
  const belief = config.SESSION_STRATEGY === 'token' ? undefined : app.get(Belief, { strict: false });
  const isAdaptive = config.CONCURRENCY_LIMIT === 'adaptive';
  const overload = new Overload({
    concurrency: isAdaptive
      ? { floor: config.CONCURRENCY_FLOOR, ceiling: config.CONCURRENCY_CEILING }
      : undefined,
    guard: new EventLoopGuard(config.EVENT_LOOP_DELAY_LIMIT_MS),
    isExcused: () => belief !== undefined && belief.state !== 'fresh',
    onShed: shedCounter(registry),
  });
  overloadGauges(registry, overload);
  app.getHttpServer().once('close', () => overload.close());
  return overload;
}

/** Counts clients; `undefined` where there is no ceiling. */
export function createClientRate(app: NestFastifyApplication, config: GatewayConfig): ClientRate | undefined {
  if (config.RATE_LIMIT_PER_MINUTE === 0) return undefined;
  return new ClientRate({
    redis: app.get<Redis>(REDIS_GENERAL, { strict: false }),
    verifier: app.get(AccessTokenVerifier, { strict: false }),
    secret: config.SESSION_SECRET,
    perMinute: config.RATE_LIMIT_PER_MINUTE,
  });
}
