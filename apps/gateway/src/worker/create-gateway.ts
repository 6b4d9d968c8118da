import type { AddressInfo } from 'node:net';
import { Upstreams } from '@holdfast/balancer-http';
import { CodedError } from '@holdfast/contracts';
import {
  createLogger,
  Exposition,
  measureRequests,
  NestLogger,
  ProblemFilter,
  Readiness,
  RouteTable,
  startTracing,
  traceRequests,
  bindContracts,
  useBodyParsers,
  validationPipe,
  type Logger,
} from '@holdfast/service-defaults';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import fastifyPackage, { type FastifyInstance } from 'fastify';
import { AppModule } from '../app.module.js';
import type { GatewayConfig } from '../config.js';
import { registerConsole } from '../console/console.plugin.js';
import { guardOwnRoutes } from '../credentials/own-routes.js';
import { serveDocs } from '../docs.js';
import { CrossOrigin } from '../http/cross-origin.js';
import { fastifyOptions } from '../http/fastify-options.js';
import { RequestsInFlight } from '../http/requests-in-flight.js';
import { refuseUnknownPaths } from '../http/unknown-paths.plugin.js';
import { measureGateway } from '../metrics/gateway-metrics.js';
import { Traffic } from '../metrics/traffic.js';
import { textOf } from '../metrics/worker-metrics.js';
import { EventStreams } from '../platform/event-streams.js';
import { GatewayState, type GatewayStateParts } from '../platform/gateway-state.js';
import { forwarder } from '../proxy/forwarder.js';
import type { Proxy } from '../proxy/proxy.js';
import type { CredentialGate } from '../credentials/credential-gate.js';
import { hasDotSegments } from '../proxy/service-routes.js';
import { OpenStreams } from '../streams/open-streams.js';
import { doorLimits, followTls } from './door-limits.js';
import { drainGateway } from './drain-gateway.js';
import { createGate, createProxy, createStreams } from './proxy-parts.js';
import { loneLink, type SupervisorLink } from './supervisor-link.js';

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
  /** Default: this worker is the only one. */
  readonly link?: SupervisorLink;
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
  const link = parts.link ?? loneLink(id);
  const late: Late = {};
  const app = await buildApp(config, { id, logger, link, inFlight, crossOrigin, late });
  (parts.serveDocs ?? serveDocs)(app, config.TOKEN_ISSUER);
  await app.init();
  const gate = (late.gate = createGate(app, config, logger));
  const open = new OpenStreams();
  const streams = followSessions(app, config, open);
  late.proxy = createProxy(app, config, { gatewayId: id, gate, crossOrigin, streams, logger });
  await listenWhenKnown(app, config, parts.registryWaitMs);
  app.get(Readiness).state = 'ready';
  const { port } = app.getHttpServer().address() as AddressInfo;
  logger.info({ port }, 'listening');
  followTls(app.getHttpServer(), config, logger);
  const held = { inFlight, streams: open, traffic: new Traffic() };
  const state = stateOf(app, { ...held, address: { port, host: config.HOST } });
  measureWorker(app, link, held);
  link.serve(state);
  const drain = () => {
    state.leave();
    return drainGateway(app, { inFlight, streams: open }, config.DRAIN_DEADLINE_MS);
  };
  return { id, port, app, logger, drain };
}

/** What is made once the application is built, and asked for by hooks that are installed before. */
interface Late {
  gate?: CredentialGate;
  proxy?: Proxy;
}

interface Built {
  readonly id: string;
  readonly logger: Logger;
  readonly link: SupervisorLink;
  readonly inFlight: RequestsInFlight;
  readonly crossOrigin: CrossOrigin;
  readonly late: Late;
}

/** The application with its hooks, in the order in which they must see a request. */
async function buildApp(
  config: GatewayConfig,
  { id, logger, link, inFlight, crossOrigin, late }: Built,
): Promise<NestFastifyApplication> {
  const tracing = await startTracing({
    service: 'gateway',
    instance: id,
    endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    share: config.OTEL_TRACES_SAMPLER_ARG,
  });
  const forward = forwarder({ proxy: () => late.proxy, others: config.GATEWAY_ROUTES, tracing });
  const door = { gatewayId: id, inFlight, crossOrigin, ...doorLimits(config) };
  const adapter = createAdapter(logger, fastifyOptions(door, forward));
  const fastify = adapter.getInstance<FastifyInstance>();
  const routes = new RouteTable();
  const methodsOf = (path: string) => routes.methodsOf(path);
  await refuseUnknownPaths(fastify, { gatewayId: id, crossOrigin, methodsOf });
  routes.watch(fastify);
  useBodyParsers(adapter);
  bindContracts(fastify);
  if (tracing) traceRequests(fastify, tracing);
  guardOwnRoutes(fastify, { gatewayId: id, crossOrigin, gate: () => late.gate });
  refuseDotSegments(fastify);
  await registerConsole(fastify, { gatewayId: id, crossOrigin, logger });
  const app = await createApp(AppModule.forRoot({ ...config, INSTANCE_ID: id }, link), adapter, {
    logger,
    routes,
  });
  measureRequests(fastify, app.get(Registry, { strict: false }));
  return app;
}

/** The streams of this worker, those of events among them, end with their sessions. */
function followSessions(app: NestFastifyApplication, config: GatewayConfig, open: OpenStreams) {
  const streams = createStreams(app, config, open);
  app.get(EventStreams, { strict: false }).sessions = streams;
  return streams;
}

async function createApp(
  nest: DynamicModule,
  adapter: FastifyAdapter,
  { logger, routes }: { readonly logger: Logger; readonly routes: RouteTable },
): Promise<NestFastifyApplication> {
  const options = { logger: new NestLogger(logger), abortOnError: false };
  const app = await NestFactory.create<NestFastifyApplication>(nest, adapter, options);
  return app.useGlobalPipes(validationPipe()).useGlobalFilters(new ProblemFilter(routes));
}

/** Of our own routes only the one that serves files takes such a path, and it answers 403: nothing is there. */
function refuseDotSegments(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async ({ raw }) => {
    if (hasDotSegments(raw.url ?? '/')) {
      throw new CodedError('ERR_NOT_FOUND', 'There is nothing at this path.');
    }
  });
}

/** What `/metrics` answers is the sum over all workers; without an answer of the supervisor, this one's own. */
function measureWorker(
  app: NestFastifyApplication,
  link: SupervisorLink,
  held: Pick<GatewayStateParts, 'inFlight' | 'traffic'> & { readonly streams: OpenStreams },
): void {
  const registry = app.get<Registry>(Registry, { strict: false });
  const upstreams = app.get(Upstreams, { strict: false });
  measureGateway(registry, { ...held, upstreams, server: app.getHttpServer() });
  app.get(Exposition, { strict: false }).collect = async () => {
    const sum = await link.ask({ about: 'metrics' });
    return sum ? textOf(sum) : registry.metrics();
  };
}

function stateOf(
  app: NestFastifyApplication,
  held: Pick<GatewayStateParts, 'inFlight' | 'streams' | 'address' | 'traffic'>,
): GatewayState {
  return new GatewayState({
    ...held,
    readiness: app.get(Readiness),
    registry: app.get(Registry, { strict: false }),
    upstreams: app.get(Upstreams, { strict: false }),
    server: app.getHttpServer(),
  });
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
