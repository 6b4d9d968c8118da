import { BalancerModule } from '@holdfast/balancer-nest';
import { ServiceClient, Upstreams } from '@holdfast/balancer-undici';
import {
  createSessionManager,
  ProbesModule,
  REDIS_GENERAL,
  REDIS_READ,
  REDIS_WRITE,
  RedisModule,
  remoteJwks,
  ServiceCredentials,
  type HealthCheck,
} from '@holdfast/service-defaults';
import { SessionModule } from '@holdfast/session-nest';
import { Module, type DynamicModule } from '@nestjs/common';
import type { GatewayConfig } from './config.js';
import { SERVICES } from './proxy/service-routes.js';

type RedisConnection = Parameters<typeof createSessionManager>[1]['read'];

/** What stands around the proxy: connections, discovery, sessions for its own routes, probes. */
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig): DynamicModule {
    const redis = RedisModule.forRoot(config);
    const balancer = BalancerModule.forRootAsync({
      imports: [redis],
      inject: [REDIS_GENERAL],
      useFactory: (general: RedisConnection) => ({ redis: general }),
    });
    const sessions = SessionModule.forRootAsync({
      imports: [redis, balancer],
      inject: [REDIS_READ, REDIS_WRITE, ServiceClient],
      useFactory: (read: RedisConnection, write: RedisConnection, client: ServiceClient) => ({
        manager: createSessionManager(config, { read, write }),
        issuer: config.TOKEN_ISSUER,
        audience: config.TOKEN_AUDIENCE,
        keys: remoteJwks(client),
      }),
    });
    const probes = ProbesModule.forRoot({
      imports: [redis, balancer],
      inject: [REDIS_GENERAL, Upstreams],
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
function healthChecks(redis: RedisConnection, upstreams: Upstreams): readonly HealthCheck[] {
  const takesRequests = (service: string): boolean =>
    upstreams.view().some((one) => one.service === service && one.state === 'ready' && one.available);
  return [
    { name: 'redis', ask: () => redis.ping() },
    ...SERVICES.map((name) => ({
      name,
      ask: async () => {
        if (!takesRequests(name)) throw new Error(`no instance of ${name} takes requests`);
      },
    })),
  ];
}
