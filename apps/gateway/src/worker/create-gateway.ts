import type { AddressInfo } from 'node:net';
import { Upstreams } from '@holdfast/balancer-undici';
import { CodedError } from '@holdfast/contracts';
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
import { hasDotSegments } from '../proxy/service-routes.js';
import { SessionToucher } from '../sessions/session-toucher.js';
import { drainGateway } from './drain-gateway.js';

// CommonJS: its names are members of what it exports.
const { LogController } = fastifyPackage;

/** Without a registry for so long, a worker listens all the same: it is alive, answers its own routes, is not ready. */
const REGISTRY_WAIT_MS = 5_000;

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
  /** Default: 5,000. */
  readonly registryWaitMs?: number;
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
    // Of our own routes only the one that serves files takes such a path, and it answers 403: nothing is there.
    if (hasDotSegments(request.raw.url ?? '/')) {
      throw new CodedError('ERR_NOT_FOUND', 'There is nothing at this path.');
    }
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
  await listenWhenKnown(app, config, upstreams.known, parts.registryWaitMs);
  app.get(Readiness).state = 'ready';
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ port }, 'listening');
  const drain = () => drainGateway(app, inFlight, config.DRAIN_DEADLINE_MS);
  return { id, port, app, logger, drain };
}

/** Before the first listing every service would look dead, and other workers can take the connections meanwhile. */
async function listenWhenKnown(
  app: NestFastifyApplication,
  { PORT, HOST }: GatewayConfig,
  known: Promise<void>,
  waitMs = REGISTRY_WAIT_MS,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
  await Promise.race([known, pause]);
  clearTimeout(timer);
  await app.listen(PORT, HOST);
  await known;
}

function createAdapter(id: string, inFlight: RequestsInFlight, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    ...fastifyOptions(id, inFlight),
  });
}
