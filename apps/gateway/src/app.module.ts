import { BalancerModule } from '@holdfast/balancer-nest';
import { ServiceClient, Upstreams } from '@holdfast/balancer-undici';
import {
  createSessionManager,
  NEAR_VIEW,
  NearModule,
  ProbesModule,
  REDIS_GENERAL,
  RedisModule,
  remoteJwks,
  ServiceCredentials,
  storeHealth,
  type HealthCheck,
  type Identified,
  type NearView,
} from '@holdfast/service-defaults';
import { SessionModule } from '@holdfast/session-nest';
import { Belief, type Redis } from '@holdfast/session-redis';
import { Module, type DynamicModule } from '@nestjs/common';
import type { GatewayConfig } from './config.js';
import { SERVICES } from './proxy/service-routes.js';

/** A service that waits for the store answers 503 after its patience (3 s), which is longer than a try may take. */
const STORE_OVERTIME_MS = 1_500;

/** What stands around the proxy: connections, discovery, sessions for its own routes, probes. */
@Module({})
export class AppModule {
  static forRoot(config: Identified<GatewayConfig>): DynamicModule {
    const redis = RedisModule.forRoot(config);
    const balancer = BalancerModule.forRootAsync({
      imports: [redis],
      inject: [REDIS_GENERAL, Belief],
      useFactory: (general: Redis, belief: Belief) => ({
        redis: general,
        settings: { overtimeMs: () => (belief.state === 'fresh' ? 0 : STORE_OVERTIME_MS) },
      }),
    });
    const sessions = SessionModule.forRootAsync({
      imports: [redis, balancer, NearModule.forRoot(redis, config)],
      inject: [Belief, ServiceClient, { token: NEAR_VIEW, optional: true }],
      useFactory: (belief: Belief, client: ServiceClient, near?: NearView) => ({
        manager: createSessionManager(config, belief, { near }),
        issuer: config.TOKEN_ISSUER,
        audience: config.TOKEN_AUDIENCE,
        keys: remoteJwks(client),
      }),
    });
    const probes = ProbesModule.forRoot({
      imports: [redis, balancer],
      inject: [REDIS_GENERAL, Belief, Upstreams],
      useFactory: healthChecks,
    });
    const credentials = {
      provide: ServiceCredentials,
      inject: [ServiceClient],
      useFactory: (client: ServiceClient) => new ServiceCredentials(client, 'gateway', config.CLIENT_SECRET),
    };
    return {
      module: AppModule,
      imports: [redis, balancer, sessions, probes],
      providers: [credentials],
    };
  }
}

/** Whether Redis answers, and whether each service has an instance that takes requests. */
function healthChecks(redis: Redis, belief: Belief, upstreams: Upstreams): readonly HealthCheck[] {
  const takesRequests = (service: string): boolean =>
    upstreams.view().some((one) => one.service === service && one.state === 'ready' && one.available);
  return [
    { name: 'redis', ask: () => redis.ping() },
    storeHealth(belief),
    ...SERVICES.map((name) => ({
      name,
      ask: async () => {
        if (!takesRequests(name)) throw new Error(`no instance of ${name} takes requests`);
      },
    })),
  ];
}
