import {
  MetricsModule,
  REDIS_GENERAL,
  SENTINELS,
  type Identified,
  type ServiceConfig,
} from '@holdfast/service-defaults';
import { countLiveSessions, createRedis, type Redis, type Sentinels } from '@holdfast/session-redis';
import { Logger, Module, type DynamicModule } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';
import { SessionCensus } from './session-census.js';

/** How many sessions are live: exports `SessionCensus`, which counts while it is told to, and shows what it counted. */
@Module({})
export class CensusModule {
  /** @param imports - of the Redis connections */
  static forRoot(imports: DynamicModule[], config: Identified<ServiceConfig>): DynamicModule {
    const useFactory = (registry: Registry, redis: Redis, sentinels?: Sentinels) => {
      const places = { redis, sentinels, password: config.REDIS_PASSWORD };
      const count = (signal: AbortSignal) =>
        awayFromThePrimary(places, (replica) => countLiveSessions(replica, { signal }));
      return shown(registry, new SessionCensus({ count, logger: new Logger('SessionCensus') }));
    };
    return {
      module: CensusModule,
      imports: [...imports, MetricsModule],
      providers: [
        {
          provide: SessionCensus,
          inject: [Registry, REDIS_GENERAL, { token: SENTINELS, optional: true }],
          useFactory,
        },
      ],
      exports: [SessionCensus],
    };
  }
}

interface Places {
  readonly redis: Redis;
  readonly sentinels?: Sentinels | undefined;
  readonly password?: string | undefined;
}

/** Works on a replica that the Sentinels know, over a connection for this once; on the primary where there is none. */
async function awayFromThePrimary<T>(
  { redis, sentinels, password }: Places,
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  const nodes = await sentinels?.nodes();
  const replica = nodes?.find(({ role, isUp }) => role === 'replica' && isUp);
  if (!replica) return work(redis);
  const url = `redis://${replica.address}`;
  const connection = createRedis({ url, ...(password !== undefined && { password }) }, 'general');
  return work(connection).finally(() => connection.disconnect());
}

/** Where another instance counts, nothing: a sum or a mean over instances would say something else. */
function shown(registry: Registry, census: SessionCensus): SessionCensus {
  show(registry, {
    name: 'holdfast_live_sessions',
    help: 'Sessions that are live, as last counted',
    value: () => census.latest?.live,
  });
  show(registry, {
    name: 'holdfast_live_sessions_age_seconds',
    help: 'How long ago the last count of live sessions began',
    value: () => census.latest && census.latest.ageMs / 1_000,
  });
  return census;
}

interface Shown {
  readonly name: string;
  readonly help: string;
  readonly value: () => number | undefined;
}

function show(registry: Registry, { name, help, value }: Shown): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      const now = value();
      if (now === undefined) this.remove();
      else this.set(now);
    },
  });
}
