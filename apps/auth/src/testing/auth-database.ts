import { fileURLToPath } from 'node:url';
import { createPool, migrateDatabase } from '@holdfast/postgres';
import {
  createTestDatabase,
  type DatabaseSetup,
  type TestDatabase,
  type TestServers,
} from '@holdfast/service-testing';
import { Database } from '../db/database.js';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Auth's real schema. */
export const authDatabase: DatabaseSetup = {
  name: 'auth',
  migrate: (databaseUrl) => migrateDatabase(databaseUrl, migrations),
  connect: createPool,
};

/** A test's database with what auth reads and writes it through. */
export interface AuthDatabase extends TestDatabase {
  readonly database: Database;
}

/** Creates auth's database without the service, for specs of single parts. */
export async function createAuthDatabase(servers: TestServers): Promise<AuthDatabase> {
  const created = await createTestDatabase(servers, authDatabase);
  return { ...created, database: new Database(created.pool) };
}
