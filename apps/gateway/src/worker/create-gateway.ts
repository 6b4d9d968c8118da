import type { AddressInfo } from 'node:net';
import { Upstreams } from '@holdfast/balancer-undici';
import {
  createLogger,
  NestLogger,
  ProblemFilter,
  Readiness,
  RouteTable,
  type Logger,
} from '@holdfast/service-defaults';
import { SessionManager } from '@holdfast/session-core';
import { AccessTokenVerifier } from '@holdfast/session-nest';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyPackage, { type FastifyInstance } from 'fastify';
import { AppModule } from '../app.module.js';
import type { GatewayConfig } from '../config.js';
import { serveDocs } from '../docs.js';
import { fastifyOptions } from '../http/fastify-options.js';
import { RequestsInFlight } from '../http/requests-in-flight.js';
import { registerProxy } from '../proxy/proxy.plugin.js';
import { Proxy } from '../proxy/proxy.js';
import { SessionToucher } from '../sessions/session-toucher.js';
import { drainGateway } from './drain-gateway.js';

// CommonJS: its names are members of what it exports.
const { LogController } = fastifyPackage;

/** A gateway worker that listens. */
export interface RunningGateway {
  readonly id: string;
  readonly port: number;
  readonly app: NestFastifyApplication;
  readonly logger: Logger;
  /** Ends it without losing a request, within `DRAIN_DEADLINE_MS`. */
  drain(): Promise<void>;
}

/** Parts of a worker that a test makes otherwise. */
export interface GatewayParts {
  /** Default: JSON lines on stdout. */
  readonly logger?: Logger;
  /** Default: Swagger at `/docs`. */
  readonly serveDocs?: typeof serveDocs;
}

/** Builds one gateway worker and listens. For tests as well: it touches neither signals nor the process. */
export async function createGateway(
  config: GatewayConfig,
  id: string,
  parts: GatewayParts = {},
): Promise<RunningGateway> {
  const logger = parts.logger ?? createLogger({ service: 'gateway', instance: id, level: config.LOG_LEVEL });
  const inFlight = new RequestsInFlight();
  const adapter = createAdapter(id, inFlight, logger);
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = new RouteTable();
  let proxy: Proxy | undefined;
  await registerProxy(fastify, {
    gatewayId: id,
    proxy: () => proxy,
    methodsOf: (path) => routes.methodsOf(path),
  });
  routes.watch(fastify);
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'x-request-id': request.id, 'x-served-by': id, 'x-gateway': id });
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new ProblemFilter(routes));
  (parts.serveDocs ?? serveDocs)(app, config.TOKEN_ISSUER);
  await app.init();
  const upstreams = app.get(Upstreams, { strict: false });
  proxy = new Proxy({
    gatewayId: id,
    upstreams,
    toucher: new SessionToucher(
      app.get(AccessTokenVerifier, { strict: false }),
      app.get(SessionManager, { strict: false }),
    ),
    trustedProxies: config.TRUSTED_PROXIES,
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
    logger,
  });
  await app.listen(config.PORT, config.HOST);
  // Before the first listing every service would look dead.
  await upstreams.known;
  app.get(Readiness).state = 'ready';
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ port }, 'listening');
  const drain = () => drainGateway(app, inFlight, config.DRAIN_DEADLINE_MS);
  return { id, port, app, logger, drain };
}

function createAdapter(id: string, inFlight: RequestsInFlight, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    ...fastifyOptions(id, inFlight),
  });
}
