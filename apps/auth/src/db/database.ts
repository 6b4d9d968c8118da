import { inTransaction } from '@holdfast/postgres';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import * as schema from './schema.js';

/** Where statements run: the pool, or one transaction of it. */
export type Executor = NodePgDatabase<typeof schema>;

declare const inside: unique symbol;
/** What the statements of one transaction go through. */
export type Transaction = Executor & { readonly [inside]: true };

/** Drizzle over the service's pool. */
export class Database {
  readonly orm: Executor;

  constructor(readonly pool: Pool) {
    this.orm = drizzle(pool, { schema });
  }

  /** As `inTransaction`: Drizzle's own keeps a connection for ever whose server hung when the transaction began. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, (client) => work(drizzle(client, { schema }) as unknown as Transaction));
  }
}
