import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import { DATABASE_POOL } from './database.module.js';
import { Drain } from './drain.js';
import type { ServiceConfig } from './environment.js';
import { createAdapter } from './http/create-adapter.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RouteTable } from './http/route-table.js';
import { validationPipe } from './http/validation-pipe.js';
import { createLogger, type Logger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import { Membership } from './membership.js';
import { measureRequests } from './metrics/request-metrics.js';
import { identified, type Identified, type ServiceName } from './service-identity.js';

import { tracePool } from './tracing/trace-pool.js';
import { traceRequests } from './tracing/trace-requests.js';
import { startTracing, type Tracing } from './tracing/tracing.js';

/** A service to run. */
export interface ServiceOptions<C extends ServiceConfig> {
  readonly name: ServiceName;
  /** The application's module. It imports `ServiceDefaultsModule.forRoot(config, …)`. */
  readonly module: (config: Identified<C>) => DynamicModule | Type;
  readonly config: C;
  /** Default: JSON lines on stdout. */
  readonly logger?: Logger;
}

/** A service that listens and has been announced. */
export interface RunningService {
  readonly id: string;
  readonly port: number;
  /** Where other processes reach it. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  /** Ends it without losing a request, within `DRAIN_DEADLINE_MS`. Repeated calls wait for the first. */
  drain(): Promise<void>;
}

/** Builds a service, listens on `HOST:PORT` and announces it. For tests as well: it touches neither signals nor the process. */
export async function createService<C extends ServiceConfig>(
  options: ServiceOptions<C>,
): Promise<RunningService> {
  const config = identified(options.name, options.config);
  const id = config.INSTANCE_ID;
  const logger =
    options.logger ?? createLogger({ service: options.name, instance: id, level: config.LOG_LEVEL });
  const tracing = await startTracing({
    service: options.name,
    instance: id,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    share: config.OTEL_TRACES_SAMPLER_ARG,
  });
  const adapter = createAdapter({ instanceId: id, logger });
  const routes = new RouteTable().watch(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(options.module(config), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  measureRequests(adapter.getInstance(), app.get(Registry, { strict: false }));
  if (tracing) traceService(app, tracing);
  app.useGlobalPipes(validationPipe()).useGlobalFilters(new ProblemFilter(routes));
  const drain = new Drain(app, config.DRAIN_DEADLINE_MS);
  await app.listen(config.PORT, config.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://${reachableHost(config.HOST)}:${port}`;
  await app.get(Membership, { strict: false }).join(url);
  logger.info({ url }, 'listening');
  return { id, port, url, app, logger, drain: () => drain.run() };
}

function traceService(app: NestFastifyApplication, tracing: Tracing): void {
  traceRequests(app.getHttpAdapter().getInstance(), tracing);
  const pool = poolOf(app);
  if (pool) tracePool(pool);
}

/** Not every service has one. */
function poolOf(app: NestFastifyApplication): Pool | undefined {
  try {
    return app.get<Pool>(DATABASE_POOL, { strict: false });
  } catch {
    return undefined;
  }
}

/** A wildcard is no address to send to; in a container its host name is one. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}
