import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { createPool, migrateDatabase } from '@holdfast/postgres';
import { Database } from '../db/database.js';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

/** A migrated database of its own, gone after `drop`. */
export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  drop(): Promise<void>;
}

/** Creates a database on the Postgres of `TEST_DATABASE_URL`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const url = new URL(process.env['TEST_DATABASE_URL'] ?? '');
  url.pathname = `/test_auth_${randomBytes(6).toString('hex')}`;
  await migrateDatabase(url.href, migrations);
  const pool = createPool(url.href);
  return {
    url: url.href,
    database: new Database(pool),
    drop: async () => {
      await pool.end();
      const maintenance = createPool(process.env['TEST_DATABASE_URL'] ?? '', { max: 1 });
      await maintenance.query(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
      await maintenance.end();
    },
  };
}
