import { BalancerModule } from '@holdfast/balancer-nest';
import { ServiceClient } from '@holdfast/balancer-undici';
import {
  createSessionManager,
  Readiness,
  REDIS_GENERAL,
  REDIS_READ,
  REDIS_WRITE,
  RedisModule,
} from '@holdfast/service-defaults';
import { RemoteJwks, SessionModule, type JsonWebKeySet } from '@holdfast/session-nest';
import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { GatewayConfig } from './config.js';
import { GatewayHealth } from './probes/gateway-health.js';
import { ProbesController } from './probes/probes.controller.js';

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
        keys: new RemoteJwks(() => fetchKeys(client)),
      }),
    });
    return {
      module: AppModule,
      imports: [redis, balancer, sessions, TerminusModule.forRoot({ logger: false })],
      controllers: [ProbesController],
      providers: [Readiness, GatewayHealth],
    };
  }
}

async function fetchKeys(client: ServiceClient): Promise<JsonWebKeySet> {
  const answer = await client.request('auth', {
    method: 'GET',
    path: '/.well-known/jwks.json',
    deadlineMs: 2_000,
  });
  if (answer.status !== 200) throw new Error(`auth answered ${answer.status} instead of its keys`);
  return answer.json<JsonWebKeySet>();
}
