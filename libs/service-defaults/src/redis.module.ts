import { createRedis, type Redis, type RedisConfig } from '@holdfast/session-redis';
import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { ServiceConfig } from './environment.js';

/** Injection token: the connection that reads sessions (short timeouts, autopipelining). */
export const REDIS_READ = Symbol('REDIS_READ');
/** Injection token: the durable writer's connection. Nothing else goes over it. */
export const REDIS_WRITE = Symbol('REDIS_WRITE');
/** Injection token: for the registry and health. */
export const REDIS_GENERAL = Symbol('REDIS_GENERAL');

const ROLES = { read: REDIS_READ, write: REDIS_WRITE, general: REDIS_GENERAL } as const;

/** The three Redis connections of a process. They connect by themselves, for as long as it takes. */
@Module({})
export class RedisModule implements OnApplicationShutdown {
  constructor(
    @Inject(REDIS_READ) private readonly read: Redis,
    @Inject(REDIS_WRITE) private readonly write: Redis,
    @Inject(REDIS_GENERAL) private readonly general: Redis,
  ) {}

  static forRoot(config: ServiceConfig): DynamicModule {
    const roles = ['read', 'write', 'general'] as const;
    const providers = roles.map((role) => ({
      provide: ROLES[role],
      useFactory: () => createRedis(redisConfig(config), role),
    }));
    return { module: RedisModule, providers, exports: Object.values(ROLES) };
  }

  onApplicationShutdown(): void {
    // Requests are over and writes were acknowledged: there is nothing to wait for, and a server that is away must not hold us.
    for (const redis of [this.read, this.write, this.general]) redis.disconnect();
  }
}

function redisConfig(config: ServiceConfig): RedisConfig {
  return {
    ...(config.REDIS_SENTINELS
      ? { sentinels: config.REDIS_SENTINELS, masterName: config.REDIS_MASTER_NAME }
      : { url: config.REDIS_URL }),
    password: config.REDIS_PASSWORD,
  };
}
