import { BalancerModule } from '@holdfast/balancer-nest';
import { ServiceClient } from '@holdfast/balancer-http';
import type { RefreshKeyRing, RevocationLedger } from '@holdfast/session-core';
import { SessionModule, type JwksSource } from '@holdfast/session-nest';
import { Module, type DynamicModule, type FactoryProvider } from '@nestjs/common';
import { Belief, JournalAcknowledgements, type Redis } from '@holdfast/session-redis';
import { AcknowledgementsModule } from './acknowledgements.module.js';
import type { Pool } from 'pg';
import { Registry } from 'prom-client';
import type { ServiceConfig } from './environment.js';
import { DATABASE_POOL } from './database.module.js';
import type { HealthCheck } from './health/dependency-health.js';
import { travellingHeaders } from './http/request-context.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { timedAccess } from './metrics/timed-access.js';
import { ProbesModule } from './health/probes.module.js';
import { MembershipController } from './membership.controller.js';
import { Membership, SERVICE_IDENTITY } from './membership.js';
import { NEAR_VIEW, NearModule } from './near.module.js';
import { moduleOf, type Provided } from './provided.js';
import { REDIS_GENERAL, RedisModule } from './redis.module.js';
import { RegistryRedisModule } from './registry-redis.module.js';
import { remoteJwks } from './remote-jwks.js';
import { ServiceCredentials } from './service-credentials.js';
import type { Identified, ServiceName } from './service-identity.js';
import { createSessionManager, type NearView, type SessionPowers } from './session-manager.js';
import { tokenSessionModule, type TokenAuthority } from './token-sessions.module.js';

/** What a service adds to the defaults. */
export interface ServiceExtras {
  readonly name: ServiceName;
  /** The `DatabaseModule` of the service: its health is checked, and it is exported again. */
  readonly database?: DynamicModule;
  /** Auth only: the keys that derive refresh tokens. Who has them can begin and refresh sessions. */
  readonly refreshKeys?: RefreshKeyRing;
  /** Auth only: how sessions end. Default: what Redis loses is undone, and nobody says who has heard of an end. */
  readonly revocations?: {
    /** The truth about them. */
    readonly ledger: Provided<RevocationLedger>;
    /** How long an access token lives, in milliseconds. Who has verified none for so long is not waited for. */
    readonly accessTokenTtlMs: number;
  };
  /** Auth only: what the strategy `token` needs to begin sessions. */
  readonly tokenAuthority?: Provided<TokenAuthority>;
  /** Where public keys come from. Default: auth's `/.well-known/jwks.json`, through the balancer. */
  readonly jwks?: Provided<JwksSource>;
}

const JWKS_SOURCE = Symbol('JWKS_SOURCE');
const LEDGER = Symbol('LEDGER');
const POWERS = Symbol('POWERS');

/**
 * What every service has: Redis connections, sessions with their guard, membership in the registry, a client for the
 * other services, probes. Exports `SessionManager`, `AccessTokenVerifier`, `ServiceClient`, `RedisRegistry`, the Redis
 * tokens, the database, and `ServiceCredentials` where `CLIENT_SECRET` is set. Call `forRoot` once and import what it returns wherever those are injected.
 */
@Module({})
export class ServiceDefaultsModule {
  static forRoot(config: Identified<ServiceConfig>, extras: ServiceExtras): DynamicModule {
    // Where the client carries the session, Redis is the registry's alone.
    const carries = config.SESSION_STRATEGY === 'token';
    const redis = carries ? RegistryRedisModule.forRoot(config) : RedisModule.forRoot(config);
    const balancer = BalancerModule.forRootAsync({
      imports: [redis],
      inject: [REDIS_GENERAL],
      useFactory: (general: Redis) => ({
        redis: general,
        discovery: config.DISCOVERY,
        settings: { policies: config.BALANCER_POLICY },
        travellingHeaders,
      }),
    });
    const sessions = carries
      ? tokenSessionModule(config, extras, balancer)
      : sessionModule(config, extras, redis, balancer);
    const database = extras.database ? [extras.database] : [];
    const credentials = credentialsOf(config, extras.name);
    const probes = ProbesModule.forRoot({
      imports: [redis, ...database],
      inject: [REDIS_GENERAL, { token: Belief, optional: true }, { token: DATABASE_POOL, optional: true }],
      useFactory: healthChecks,
    });
    return {
      module: ServiceDefaultsModule,
      imports: [redis, balancer, sessions, ...database, probes, MetricsModule],
      controllers: [MembershipController],
      providers: [
        Membership,
        {
          provide: SERVICE_IDENTITY,
          useValue: { service: extras.name, instanceId: config.INSTANCE_ID, weight: config.INSTANCE_WEIGHT },
        },
        ...credentials,
      ],
      exports: [redis, balancer, sessions, ...database, probes, Membership, ...credentials],
    };
  }
}

/** None without a `CLIENT_SECRET`: who injects them does not start then. */
function credentialsOf({ CLIENT_SECRET: clientSecret }: ServiceConfig, name: ServiceName): FactoryProvider[] {
  if (clientSecret === undefined) return [];
  const useFactory = (client: ServiceClient) => new ServiceCredentials(client, name, clientSecret);
  return [{ provide: ServiceCredentials, inject: [ServiceClient], useFactory }];
}

function healthChecks(redis: Redis, belief?: Belief, pool?: Pool): readonly HealthCheck[] {
  return [
    { name: 'redis', ask: () => redis.ping() },
    ...(belief ? [storeHealth(belief)] : []),
    ...(pool ? [{ name: 'postgres', ask: () => pool.query('SELECT 1') }] : []),
  ];
}

/** Whether this process believes the primary that it is connected to: without, signed-in requests wait, then get 503. */
export function storeHealth(belief: Belief): HealthCheck {
  const ask = async () => {
    if (belief.state !== 'fresh') throw new Error(`The session store is ${belief.state}.`);
  };
  return { name: 'session-store', ask };
}

function sessionModule(
  config: ServiceConfig,
  extras: ServiceExtras,
  redis: DynamicModule,
  balancer: DynamicModule,
): DynamicModule {
  const { refreshKeys, revocations } = extras;
  const powers = {
    imports: [
      NearModule.forRoot(redis, config),
      ...(revocations
        ? [
            AcknowledgementsModule.forRoot(redis, config, revocations.accessTokenTtlMs),
            moduleOf(LedgerModule, LEDGER, revocations.ledger),
          ]
        : []),
    ],
    inject: [NEAR_VIEW, JournalAcknowledgements, LEDGER].map((token) => ({ token, optional: true })),
    useFactory: (
      near?: NearView,
      acknowledgements?: JournalAcknowledgements,
      own?: RevocationLedger,
    ): SessionPowers => ({ near, acknowledgements, ledger: own }),
  };
  const keys = extras.jwks ?? { imports: [balancer], inject: [ServiceClient], useFactory: remoteJwks };
  return SessionModule.forRootAsync({
    imports: [
      redis,
      MetricsModule,
      moduleOf(KeysModule, JWKS_SOURCE, keys),
      moduleOf(PowersModule, POWERS, powers),
    ],
    inject: [Belief, Registry, JWKS_SOURCE, POWERS],
    useFactory: (belief: Belief, registry: Registry, source: JwksSource, ours: SessionPowers) => ({
      manager: createSessionManager(config, timedAccess(belief, registry), {
        ...ours,
        owner: extras.name,
        refreshKeys,
      }),
      issuer: config.TOKEN_ISSUER,
      audience: config.TOKEN_AUDIENCE,
      keys: source,
    }),
  });
}

class KeysModule {}
class LedgerModule {}
class PowersModule {}
