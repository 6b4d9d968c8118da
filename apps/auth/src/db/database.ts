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
