import { inTransaction } from '@holdfast/postgres';
import { DATABASE_POOL } from '@holdfast/service-defaults';
import { Inject, Injectable } from '@nestjs/common';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import * as schema from './schema.js';

/** Where statements run: the pool, or one transaction of it. */
export type Executor = Pick<
  NodePgDatabase<typeof schema>,
  'select' | 'insert' | 'update' | 'delete' | 'execute'
>;

/** Drizzle over the service's pool. */
@Injectable()
export class Database {
  readonly orm: NodePgDatabase<typeof schema>;

  constructor(@Inject(DATABASE_POOL) private readonly pool: Pool) {
    this.orm = drizzle(pool, { schema });
  }

  /** As `inTransaction`: Drizzle's own keeps a connection for ever whose server hung when the transaction began. */
  transaction<T>(work: (transaction: Executor) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, (client) => work(drizzle(client, { schema })));
  }
}
