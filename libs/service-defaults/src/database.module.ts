import { createPool } from '@holdfast/postgres';
import { Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import type { Pool } from 'pg';
import { settled } from './settled.js';

const GOODBYE_WITHIN_MS = 1_000;

/** Injection token of the service's Postgres pool (`pg.Pool`). */
export const DATABASE_POOL = Symbol('DATABASE_POOL');

/**
 * One Postgres pool for a service, exported as `DATABASE_POOL`. Connects with the first query; a server that goes
 * away is logged and never ends the process. Closed once the last request is over.
 */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DATABASE_POOL) private readonly pool: Pool) {}

  static forRoot(url: string): DynamicModule {
    const logger = new Logger('Postgres');
    const useFactory = () => createPool(url, { onError: ({ message }) => logger.warn(message) });
    return {
      module: DatabaseModule,
      providers: [{ provide: DATABASE_POOL, useFactory }],
      exports: [DATABASE_POOL],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    // A server that hangs does not say goodbye.
    await settled(this.pool.end(), GOODBYE_WITHIN_MS);
  }
}
