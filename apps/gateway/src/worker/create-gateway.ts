import type { AddressInfo } from 'node:net';
import { Upstreams } from '@holdfast/balancer-undici';
import { CodedError } from '@holdfast/contracts';
import {
  createLogger,
  NestLogger,
  ProblemFilter,
  Readiness,
  RouteTable,
  ServiceCredentials,
  type Logger,
} from '@holdfast/service-defaults';
import { SessionManager } from '@holdfast/session-core';
import { AccessTokenVerifier } from '@holdfast/session-nest';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastifyPackage, { type FastifyInstance } from 'fastify';
import { AppModule } from '../app.module.js';
import type { GatewayConfig } from '../config.js';
import { registerConsole } from '../console/console.plugin.js';
import { carriedData } from '../credentials/carried-data.js';
import { CookieExchange } from '../credentials/cookie-exchange.js';
import { CredentialGate } from '../credentials/credential-gate.js';
import { guardOwnRoutes } from '../credentials/own-routes.js';
import { RequestOrigin } from '../credentials/request-origin.js';
import { SealedCookies } from '../credentials/sealed-cookies.js';
import { serveDocs } from '../docs.js';
import { CrossOrigin } from '../http/cross-origin.js';
import { fastifyOptions } from '../http/fastify-options.js';
import { RequestsInFlight } from '../http/requests-in-flight.js';
import { registerProxy } from '../proxy/proxy.plugin.js';
import { Proxy, type ProxyOptions } from '../proxy/proxy.js';
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
  /** Default: where the console is built. */
  readonly consoleFolder?: string;
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
  const crossOrigin = new CrossOrigin(config.CORS_ORIGINS);
  const adapter = createAdapter(logger, fastifyOptions(id, inFlight, crossOrigin));
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = new RouteTable();
  let gate: CredentialGate | undefined;
  let proxy: Proxy | undefined;
  await registerProxy(fastify, {
    gatewayId: id,
    crossOrigin,
    proxy: () => proxy,
    methodsOf: (path) => routes.methodsOf(path),
  });
  routes.watch(fastify);
  guardOwnRoutes(fastify, { gatewayId: id, crossOrigin, gate: () => gate });
  // Of our own routes only the one that serves files takes such a path, and it answers 403: nothing is there.
  fastify.addHook('onRequest', async ({ raw }) => {
    if (hasDotSegments(raw.url ?? '/')) {
      throw new CodedError('ERR_NOT_FOUND', 'There is nothing at this path.');
    }
  });
  await registerConsole(fastify, { gatewayId: id, crossOrigin, logger, folder: parts.consoleFolder });
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({ ...config, INSTANCE_ID: id }),
    adapter,
    {
      logger: new NestLogger(logger),
      abortOnError: false,
    },
  );
  app.useGlobalFilters(new ProblemFilter(routes));
  (parts.serveDocs ?? serveDocs)(app, config.TOKEN_ISSUER);
  await app.init();
  gate = createGate(app, config, logger);
  proxy = createProxy(app, config, { gatewayId: id, gate, crossOrigin, logger });
  await listenWhenKnown(app, config, parts.registryWaitMs);
  app.get(Readiness).state = 'ready';
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ port }, 'listening');
  const drain = () => drainGateway(app, inFlight, config.DRAIN_DEADLINE_MS);
  return { id, port, app, logger, drain };
}

function createGate(app: NestFastifyApplication, config: GatewayConfig, logger: Logger): CredentialGate {
  const exchange = new CookieExchange(app.get(ServiceCredentials));
  const carries = config.SESSION_STRATEGY === 'token';
  return new CredentialGate({
    sessions: carries
      ? new SealedCookies(exchange, app.get(AccessTokenVerifier, { strict: false }))
      : app.get(SessionManager, { strict: false }),
    exchange,
    ...(carries && { dataOf: carriedData }),
    origin: new RequestOrigin({
      issuer: config.TOKEN_ISSUER,
      crossOrigins: config.CORS_ORIGINS,
      trustedProxies: config.TRUSTED_PROXIES,
    }),
    logger,
  });
}

function createProxy(
  app: NestFastifyApplication,
  config: GatewayConfig,
  parts: Pick<ProxyOptions, 'gatewayId' | 'gate' | 'crossOrigin' | 'logger'>,
): Proxy {
  return new Proxy({
    ...parts,
    upstreams: app.get(Upstreams, { strict: false }),
    toucher: toucherOf(app, config),
    trustedProxies: config.TRUSTED_PROXIES,
    bodyLimitBytes: config.BODY_LIMIT_BYTES,
  });
}

/** Where nobody keeps a record there is no activity to note. */
function toucherOf(
  app: NestFastifyApplication,
  { SESSION_STRATEGY }: GatewayConfig,
): ProxyOptions['toucher'] {
  if (SESSION_STRATEGY === 'token') return { note: () => undefined, noteSession: () => undefined };
  return new SessionToucher(
    app.get(AccessTokenVerifier, { strict: false }),
    app.get(SessionManager, { strict: false }),
  );
}

/** Before the first listing every service would look dead, and other workers can take the connections meanwhile. */
async function listenWhenKnown(
  app: NestFastifyApplication,
  { PORT, HOST }: GatewayConfig,
  waitMs = REGISTRY_WAIT_MS,
): Promise<void> {
  const { known } = app.get(Upstreams, { strict: false });
  let timer: NodeJS.Timeout | undefined;
  const pause = new Promise<void>((resolve) => (timer = setTimeout(resolve, waitMs)));
  await Promise.race([known, pause]);
  clearTimeout(timer);
  await app.listen(PORT, HOST);
  await known;
}

function createAdapter(logger: Logger, ofDoor: ReturnType<typeof fastifyOptions>): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    ...ofDoor,
  });
}
