import { DATABASE_POOL, DatabaseModule } from '@holdfast/service-defaults';
import { Module, type DynamicModule } from '@nestjs/common';
import type { Pool } from 'pg';
import { Database } from './database.js';

/** The accounts' and keys' database: exports `Database` and the pool under it. */
@Module({})
export class AuthDatabaseModule {
  static forRoot(url: string): DynamicModule {
    const pool = DatabaseModule.forRoot(url);
    return {
      module: AuthDatabaseModule,
      imports: [pool],
      providers: [{ provide: Database, inject: [DATABASE_POOL], useFactory: (pg: Pool) => new Database(pg) }],
      exports: [Database, pool],
    };
  }
}
