import { drizzle } from 'drizzle-orm/node-postgres';
import type { Pool } from 'pg';
import * as schema from './schema.js';

/** Drizzle over the service's pool. */
export class Database {
  readonly orm;

  constructor(readonly pool: Pool) {
    this.orm = drizzle(pool, { schema });
  }
}

/** What the statements of one transaction go through. */
export type Transaction = Parameters<Parameters<Database['orm']['transaction']>[0]>[0];
