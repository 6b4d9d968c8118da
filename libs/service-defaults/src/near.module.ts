import { NearCache } from '@holdfast/session-core';
import { Belief, createRedis, Journal, type Heard } from '@holdfast/session-redis';
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

/** Who else is to hear of what the journal says. */
export class JournalListeners {
  readonly #listeners: ((heard: Heard) => void)[] = [];

  /** @param listener - is called once an entry is applied, before anybody is told that it was heard. Must not throw */
  add(listener: (heard: Heard) => void): void {
    this.#listeners.push(listener);
  }

  tell(heard: Heard): void {
    for (const listener of this.#listeners) listener(heard);
  }
}

/** Sessions that are near, and the journal that keeps them true: exports `NEAR_VIEW`, and `JournalListeners`. */
@Module({})
export class NearModule implements OnApplicationShutdown {
  constructor(@Inject(JOURNAL) private readonly journal: Journal | undefined) {}

  /** @param redis - the `RedisModule` of the process */
  static forRoot(redis: DynamicModule, config: ServiceConfig): DynamicModule {
    const isNear = config.SESSION_STRATEGY === 'hybrid';
    const follow = (belief: Belief, cache: NearCache, listeners: JournalListeners) => {
      const redis = createRedis(redisConfig(config), 'journal');
      return new Journal({ redis, belief, cache, onHeard: (heard) => listeners.tell(heard) });
    };
    const view = (registry: Registry, cache: NearCache, journal?: Journal): NearView | undefined => {
      if (!journal) return undefined;
      const state = () => journal.state;
      const { servedStale, looked } = nearMetrics(registry, {
        cache,
        state,
        progress: () => journal.progress,
      });
      return { cache, state, onStale: servedStale, onLook: looked };
    };
    return {
      module: NearModule,
      imports: [redis, MetricsModule],
      providers: [
        { provide: NEAR_CACHE, useFactory: () => new NearCache() },
        JournalListeners,
        isNear
          ? { provide: JOURNAL, inject: [Belief, NEAR_CACHE, JournalListeners], useFactory: follow }
          : { provide: JOURNAL, useValue: undefined },
        {
          provide: NEAR_VIEW,
          inject: [Registry, NEAR_CACHE, { token: JOURNAL, optional: true }],
          useFactory: view,
        },
      ],
      exports: [NEAR_VIEW, JournalListeners],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.journal?.close();
  }
}
