import {
  Belief,
  type BeliefOptions,
  checkStoreSettings,
  connectSentinels,
  createRedis,
  type Redis,
  type RedisConfig,
  type Sentinels,
} from '@holdfast/session-redis';
import {
  Inject,
  Logger,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Counter, Registry } from 'prom-client';
import type { ServiceConfig } from './environment.js';
import { MetricsModule } from './metrics/metrics.module.js';
import type { Identified } from './service-identity.js';
import { settled } from './settled.js';

/** Injection token: the connection that reads sessions (short timeouts, autopipelining). */
export const REDIS_READ = Symbol('REDIS_READ');
/** Injection token: the durable writer's connection. Nothing else goes over it. */
export const REDIS_WRITE = Symbol('REDIS_WRITE');
/** Injection token: for the registry and health. */
export const REDIS_GENERAL = Symbol('REDIS_GENERAL');

const ROLES = { read: REDIS_READ, write: REDIS_WRITE, general: REDIS_GENERAL } as const;
const DURABILITY = Symbol('DURABILITY');
/** Injection token: the Sentinels, to be asked what they think (`Sentinels`); `undefined` where there are none. */
export const SENTINELS = Symbol('SENTINELS');
const GOODBYE_WITHIN_MS = 500;

/**
 * The three Redis connections of a process, and its belief in the primary that they lead to. They connect by themselves,
 * for as long as it takes; what the log says of them it says when something changes.
 */
@Module({})
export class RedisModule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Redis');

  constructor(
    @Inject(REDIS_GENERAL) private readonly general: Redis,
    @Inject(DURABILITY) private readonly durability: ServiceConfig['SESSION_DURABILITY'],
    private readonly belief: Belief,
    @Inject(SENTINELS) private readonly sentinels: Sentinels | undefined,
  ) {}

  static forRoot(config: Identified<ServiceConfig>): DynamicModule {
    const roles = ['read', 'write', 'general'] as const;
    const connections = roles.map((role) => ({
      provide: ROLES[role],
      useFactory: () => createRedis(redisConfig(config), role),
    }));
    const belief = {
      provide: Belief,
      inject: [REDIS_READ, REDIS_WRITE, Registry, SENTINELS],
      useFactory: (read: Redis, write: Redis, registry: Registry, sentinels?: Sentinels) =>
        beliefOf(config, { read, write, sentinels, onFailover: countFailovers(registry) }),
    };
    const sentinels = { provide: SENTINELS, useFactory: () => connectSentinels(redisConfig(config)) };
    const durability = { provide: DURABILITY, useValue: config.SESSION_DURABILITY };
    return {
      module: RedisModule,
      imports: [MetricsModule],
      providers: [...connections, sentinels, belief, durability],
      exports: [...Object.values(ROLES), Belief, SENTINELS],
    };
  }

  /** Nobody waits for it: a store that is away keeps nothing from starting. */
  onApplicationBootstrap(): void {
    if (this.durability === 'local') {
      this.logger.log('SESSION_DURABILITY=local: sessions live in one copy; G5 and G6 are not promised');
    }
    void checkStoreSettings(this.general, this.durability, this.sentinels).then(
      (faults) => faults.forEach((fault) => this.logger.warn({ msg: fault.message, fault: fault.kind })),
      () => undefined,
    );
  }

  async onApplicationShutdown(): Promise<void> {
    // Requests are over and writes were acknowledged: there is nothing to wait for, and a server that is away must not hold us.
    await settled(this.belief.close(), GOODBYE_WITHIN_MS);
    this.general.disconnect();
  }
}

function beliefOf(
  config: Identified<ServiceConfig>,
  connections: Pick<BeliefOptions, 'read' | 'write' | 'sentinels' | 'onFailover'>,
): Belief {
  const logger = new Logger('Redis');
  return new Belief({
    ...connections,
    instance: config.INSTANCE_ID,
    durability: config.SESSION_DURABILITY,
    onChange: (state, reason) => {
      if (state === 'fresh') logger.log({ msg: 'The session store is believed', state, reason });
      else logger.warn({ msg: 'The session store is not believed', state, reason });
    },
  });
}

function countFailovers(registry: Registry): () => void {
  const failovers = new Counter({
    name: 'holdfast_session_store_failovers_total',
    help: 'How often this process has confirmed another primary than the one before',
    registers: [registry],
  });
  return () => failovers.inc();
}

/** Where a process finds Redis. */
export function redisConfig(config: ServiceConfig): RedisConfig {
  return {
    ...(config.REDIS_SENTINELS
      ? { sentinels: config.REDIS_SENTINELS, masterName: config.REDIS_MASTER_NAME }
      : { url: config.REDIS_URL }),
    password: config.REDIS_PASSWORD,
  };
}
