import { createRedis, type Redis } from '@holdfast/session-redis';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceConfig } from './environment.js';
import { REDIS_GENERAL, redisConfig } from './redis.module.js';

/**
 * One Redis connection, for the registry, the throttle and health: all that is left where clients carry their sessions
 * (strategy `token`). Nothing about a session goes over it.
 */
@Module({})
export class RegistryRedisModule implements OnApplicationShutdown {
  constructor(@Inject(REDIS_GENERAL) private readonly redis: Redis) {}

  static forRoot(config: ServiceConfig): DynamicModule {
    const useFactory = () => createRedis(redisConfig(config), 'general');
    return {
      module: RegistryRedisModule,
      providers: [{ provide: REDIS_GENERAL, useFactory }],
      exports: [REDIS_GENERAL],
    };
  }

  onApplicationShutdown(): void {
    this.redis.disconnect();
  }
}
