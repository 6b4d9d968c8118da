import { NearCache } from '@holdfast/session-core';
import { Belief, createRedis, Journal } from '@holdfast/session-redis';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import type { ServiceConfig } from './environment.js';
import { MetricsModule } from './metrics/metrics.module.js';
import { nearMetrics } from './metrics/near-metrics.js';
import { redisConfig } from './redis.module.js';
import type { NearView } from './session-manager.js';

/** Injection token: the sessions that this process keeps near (`NearView`); `undefined` unless the strategy is `hybrid`. */
export const NEAR_VIEW = Symbol('NEAR_VIEW');
const NEAR_CACHE = Symbol('NEAR_CACHE');
const JOURNAL = Symbol('JOURNAL');

/** Sessions that are near, and the journal that keeps them true: exports `NEAR_VIEW`. */
@Module({})
export class NearModule implements OnApplicationShutdown {
  constructor(@Inject(JOURNAL) private readonly journal: Journal | undefined) {}

  /** @param redis - the `RedisModule` of the process */
  static forRoot(redis: DynamicModule, config: ServiceConfig): DynamicModule {
    const isNear = config.SESSION_STRATEGY === 'hybrid';
    const follow = (belief: Belief, cache: NearCache) =>
      new Journal({ redis: createRedis(redisConfig(config), 'journal'), belief, cache });
    const view = (registry: Registry, cache: NearCache, journal?: Journal): NearView | undefined => {
      if (!journal) return undefined;
      const state = () => journal.state;
      const { servedStale } = nearMetrics(registry, cache, state);
      return { cache, state, onStale: servedStale };
    };
    return {
      module: NearModule,
      imports: [redis, MetricsModule],
      providers: [
        { provide: NEAR_CACHE, useFactory: () => new NearCache() },
        isNear
          ? { provide: JOURNAL, inject: [Belief, NEAR_CACHE], useFactory: follow }
          : { provide: JOURNAL, useValue: undefined },
        {
          provide: NEAR_VIEW,
          inject: [Registry, NEAR_CACHE, { token: JOURNAL, optional: true }],
          useFactory: view,
        },
      ],
      exports: [NEAR_VIEW],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.journal?.close();
  }
}
