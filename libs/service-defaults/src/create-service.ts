import { hostname } from 'node:os';
import type { AddressInfo } from 'node:net';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
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
  const adapter = createAdapter({ instanceId: id, logger });
  const routes = new RouteTable().watch(adapter.getInstance());
  const app = await NestFactory.create<NestFastifyApplication>(options.module(config), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  measureRequests(adapter.getInstance(), app.get(Registry, { strict: false }));
  app.useGlobalPipes(validationPipe()).useGlobalFilters(new ProblemFilter(routes));
  const drain = new Drain(app, config.DRAIN_DEADLINE_MS);
  await app.listen(config.PORT, config.HOST);
  const { port } = app.getHttpServer().address() as AddressInfo;
  const url = `http://${reachableHost(config.HOST)}:${port}`;
  await app.get(Membership, { strict: false }).join(url);
  logger.info({ url }, 'listening');
  return { id, port, url, app, logger, drain: () => drain.run() };
}

/** A wildcard is no address to send to; in a container its host name is one. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}
