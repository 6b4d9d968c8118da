import type { Server } from 'node:http';
import { BlockList, type AddressInfo } from 'node:net';
import type { Member } from '@holdfast/balancer-core';
import { Upstreams, type UpstreamSettings } from '@holdfast/balancer-http';
import Fastify from 'fastify';
import { CrossOrigin } from '../http/cross-origin.js';
import { fastifyOptions } from '../http/fastify-options.js';
import type { DoorLimits, RequestHandler } from '../http/front-door.js';
import { RequestsInFlight } from '../http/requests-in-flight.js';
import { refuseUnknownPaths } from '../http/unknown-paths.plugin.js';
import type { ClientRate } from '../overload/client-rate.js';
import { Overload, type OverloadOptions } from '../overload/overload.js';
import { forwarder } from '../proxy/forwarder.js';
import { Proxy } from '../proxy/proxy.js';
import { OpenStreams } from '../streams/open-streams.js';
import type { StreamSessions } from '../streams/stream-sessions.js';
import { SessionWorld } from './session-world.js';
import type { Upstream } from './upstream.js';

/** `TOKEN_ISSUER` of the gateway under test: not where it listens. */
export const ISSUER = 'https://gateway.test';

/** What a test may want otherwise. */
export interface TestGatewayOptions {
  readonly settings?: Partial<UpstreamSettings>;
  readonly bodyLimitBytes?: number;
  readonly trustLoopback?: boolean;
  /** Milliseconds for a whole request; the real one waits 30 s. */
  readonly requestTimeoutMs?: number;
  readonly headersTimeoutMs?: number;
  /** TLS, and how many connections an address may hold. Default: neither. */
  readonly limits?: DoorLimits;
  /** Sessions that cookies open. Default: none. */
  readonly world?: SessionWorld;
  readonly crossOrigins?: readonly string[];
  /** Default: limits as they are, a worker with nothing else to do, a store that is there. */
  readonly overload?: Partial<OverloadOptions>;
  /** Default: clients are not counted. */
  readonly clientRate?: Pick<ClientRate, 'take'>;
}

type Parts = Pick<
  GatewayUnderTest,
  'server' | 'upstreams' | 'inFlight' | 'streams' | 'sessions' | 'overload'
>;

/** The proxy with its front door and real upstreams, without Redis, Nest and cluster. */
export class GatewayUnderTest {
  readonly server: Server;
  readonly upstreams: Upstreams;
  readonly inFlight: RequestsInFlight;
  readonly streams: OpenStreams;
  /** Whose streams are open, and who hears of their ends. */
  readonly sessions: StreamSessions;
  readonly overload: Overload;
  readonly #upstreamServers: Upstream[] = [];

  private constructor(
    readonly port: number,
    { server, upstreams, inFlight, streams, sessions, overload }: Parts,
    /** Credentials of bearer requests and ids of cookies' sessions, in the order in which they came. */
    readonly touched: (string | undefined)[],
    private readonly closeServer: () => Promise<unknown>,
  ) {
    this.server = server;
    this.upstreams = upstreams;
    this.inFlight = inFlight;
    this.streams = streams;
    this.sessions = sessions;
    this.overload = overload;
  }

  static async start(options: TestGatewayOptions = {}): Promise<GatewayUnderTest> {
    const gatewayId = 'gateway-t';
    const upstreams = new Upstreams({ checkIntervalMs: 0, ...options.settings });
    const inFlight = new RequestsInFlight();
    const touched: (string | undefined)[] = [];
    const trustedProxies = new BlockList();
    if (options.trustLoopback) trustedProxies.addSubnet('127.0.0.0', 8);
    const world = options.world ?? new SessionWorld();
    const crossOrigins = new Set(options.crossOrigins);
    const crossOrigin = new CrossOrigin(crossOrigins);
    const overload = new Overload({
      concurrency: {},
      guard: { sheds: () => false, close: () => undefined },
      isExcused: () => false,
      ...options.overload,
    });
    const streams = new OpenStreams();
    const sessions = world.streamSessions(streams);
    const proxy = new Proxy({
      gatewayId,
      upstreams,
      overload,
      clientRate: options.clientRate,
      gate: world.gate(upstreams, { issuer: ISSUER, crossOrigins, trustedProxies }),
      toucher: {
        note: (authorization) => touched.push(authorization),
        noteSession: ({ record }) => touched.push(record.sessionId),
      },
      streams: sessions,
      crossOrigin,
      trustedProxies,
      bodyLimitBytes: options.bodyLimitBytes ?? 1_048_576,
      mayBeExplained: async (authorization) => authorization === 'Bearer admin',
      logger: world.logger,
    });
    const others = new Map([['live', 'live']]);
    const ofDoor = fastifyOptions(
      { gatewayId, inFlight, crossOrigin, ...options.limits },
      forwarder({ proxy: () => proxy, others }),
    );
    const fastify = Fastify({
      ...ofDoor,
      serverFactory: (handler: RequestHandler) => {
        const server = ofDoor.serverFactory(handler);
        if (options.requestTimeoutMs !== undefined) server.requestTimeout = options.requestTimeoutMs;
        if (options.headersTimeoutMs !== undefined) server.headersTimeout = options.headersTimeoutMs;
        return server;
      },
    });
    await refuseUnknownPaths(fastify, { gatewayId, crossOrigin, methodsOf: () => [] });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    const { port } = fastify.server.address() as AddressInfo;
    const close = () => {
      sessions.close();
      streams.drain();
      fastify.server.closeAllConnections();
      return fastify.close();
    };
    return new GatewayUnderTest(
      port,
      { server: fastify.server, upstreams, inFlight, streams, sessions, overload },
      touched,
      close,
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Lets requests go to these. */
  use(...upstreams: Upstream[]): void {
    this.#upstreamServers.push(...upstreams);
    this.upstreams.update(upstreams.map((upstream) => upstream.member()));
  }

  /** The instances that `use` was given, for another gateway. */
  members(): Member[] {
    return this.#upstreamServers.map((upstream) => upstream.member());
  }

  async stop(): Promise<void> {
    await this.closeServer();
    this.overload.close();
    await this.upstreams.close();
    await Promise.all(this.#upstreamServers.map((upstream) => upstream.stop()));
  }
}
