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

/** Where the tests' servers are: `process.env` of a spec. */
export interface TestEnvironment {
  readonly TEST_DATABASE_URL?: string;
  readonly TEST_REDIS_URL?: string;
}

/** Creates a database on the Postgres of `TEST_DATABASE_URL`. */
export async function createTestDatabase({
  TEST_DATABASE_URL: server = '',
}: TestEnvironment): Promise<TestDatabase> {
  const url = new URL(server);
  url.pathname = `/test_auth_${randomBytes(6).toString('hex')}`;
  await migrateDatabase(url.href, migrations);
  const pool = createPool(url.href);
  return {
    url: url.href,
    database: new Database(pool),
    drop: async () => {
      await pool.end();
      const maintenance = createPool(server, { max: 1 });
      await maintenance.query(`DROP DATABASE ${url.pathname.slice(1)} WITH (FORCE)`);
      await maintenance.end();
    },
  };
}
