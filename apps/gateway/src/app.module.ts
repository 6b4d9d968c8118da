import { BalancerModule } from '@holdfast/balancer-nest';
import { ServiceClient, Upstreams } from '@holdfast/balancer-http';
import {
  AuditStreamModule,
  createSessionManager,
  MetricsModule,
  NEAR_VIEW,
  NearModule,
  ProbesModule,
  REDIS_GENERAL,
  RedisModule,
  RegistryRedisModule,
  remoteJwks,
  ServiceCredentials,
  storeHealth,
  timedAccess,
  tracedHeaders,
  tokenSessionOptions,
  type HealthCheck,
  type Identified,
  type NearView,
} from '@holdfast/service-defaults';
import { SessionModule, type SessionModuleOptions } from '@holdfast/session-nest';
import { Belief, type Access, type Redis } from '@holdfast/session-redis';
import { Module, type DynamicModule } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { GatewayConfig } from './config.js';
import { PlatformModule } from './platform/platform.module.js';
import { SERVICES } from './proxy/service-routes.js';
import type { SupervisorLink } from './worker/supervisor-link.js';

/** A service that waits for the store answers 503 after its patience (3 s), which is longer than a try may take. */
const STORE_OVERTIME_MS = 1_500;

/** What stands around the proxy: connections, discovery, sessions for its own routes, probes. */
@Module({})
export class AppModule {
  /** @param link - to the supervisor, and over it to the other workers */
  static forRoot(config: Identified<GatewayConfig>, link: SupervisorLink): DynamicModule {
    const carries = config.SESSION_STRATEGY === 'token';
    const redis = carries ? RegistryRedisModule.forRoot(config) : RedisModule.forRoot(config);
    const balancer = BalancerModule.forRootAsync({
      imports: [redis],
      inject: [REDIS_GENERAL, { token: Belief, optional: true }],
      useFactory: (general: Redis, belief?: Belief) => ({
        redis: general,
        discovery: config.DISCOVERY,
        travellingHeaders: tracedHeaders,
        settings: {
          policies: config.BALANCER_POLICY,
          overtimeMs: () => (!belief || belief.state === 'fresh' ? 0 : STORE_OVERTIME_MS),
        },
      }),
    });
    const sessions = SessionModule.forRootAsync({
      imports: [redis, balancer, MetricsModule, ...(carries ? [] : [NearModule.forRoot(redis, config)])],
      inject: [ServiceClient, Registry, ...[Belief, NEAR_VIEW].map((token) => ({ token, optional: true }))],
      useFactory: (client: ServiceClient, registry: Registry, belief?: Belief, near?: NearView) =>
        sessionOptions(config, client, belief && { access: timedAccess(belief, registry), near }),
    });
    const probes = ProbesModule.forRoot({
      imports: [redis, balancer],
      inject: [REDIS_GENERAL, Upstreams, { token: Belief, optional: true }],
      useFactory: healthChecks,
    });
    const credentials = credentialsModule(balancer, config.CLIENT_SECRET);
    const platform = PlatformModule.forRoot([redis, balancer, sessions, credentials], config, link);
    return {
      module: AppModule,
      imports: [
        redis,
        balancer,
        sessions,
        probes,
        MetricsModule,
        AuditStreamModule.forRoot(redis, config),
        credentials,
        platform,
      ],
    };
  }
}

class CredentialsModule {}

/** With what the gateway proves itself to services. */
function credentialsModule(balancer: DynamicModule, clientSecret: string): DynamicModule {
  const credentials = {
    provide: ServiceCredentials,
    inject: [ServiceClient],
    useFactory: (client: ServiceClient) => new ServiceCredentials(client, 'gateway', clientSecret),
  };
  return {
    module: CredentialsModule,
    imports: [balancer],
    providers: [credentials],
    exports: [ServiceCredentials],
  };
}

/** Without a belief in a store there is none: sessions are what their tokens say. */
function sessionOptions(
  config: GatewayConfig,
  client: ServiceClient,
  store?: { readonly access: Access; readonly near: NearView | undefined },
): SessionModuleOptions {
  const keys = remoteJwks(client);
  if (!store) return tokenSessionOptions(config, keys);
  const manager = createSessionManager(config, store.access, { near: store.near });
  return { manager, issuer: config.TOKEN_ISSUER, audience: config.TOKEN_AUDIENCE, keys };
}

/** Whether Redis answers, and whether each service has an instance that takes requests. */
function healthChecks(redis: Redis, upstreams: Upstreams, belief?: Belief): readonly HealthCheck[] {
  const takesRequests = (service: string): boolean =>
    upstreams.view().some((one) => one.service === service && one.state === 'ready' && one.available);
  return [
    { name: 'redis', ask: () => redis.ping() },
    ...(belief ? [storeHealth(belief)] : []),
    ...SERVICES.map((name) => ({
      name,
      ask: async () => {
        if (!takesRequests(name)) throw new Error(`no instance of ${name} takes requests`);
      },
    })),
  ];
}
