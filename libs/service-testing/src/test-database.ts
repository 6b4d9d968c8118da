import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { patiently } from './patiently.js';

/** Where the tests' servers are: `process.env` of a spec. */
export interface TestServers {
  readonly TEST_REDIS_URL?: string;
  readonly TEST_DATABASE_URL?: string;
}

/** How a service's database is made and reached. */
export interface DatabaseSetup {
  /** The service; stands in the database's name. */
  readonly name: string;
  /** Creates the database, with everything in it that the service needs. */
  readonly migrate: (databaseUrl: string) => Promise<void>;
  readonly connect: (databaseUrl: string, options: { readonly patienceMs: number }) => Pool;
}

/** What a spec asks itself waits as long as a busy machine takes; the service under test has its own patience. */
const PATIENT = { patienceMs: 30_000 };

/** A migrated database of its own. */
export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  /** Ends the pool and deletes the database, whoever is still connected. */
  drop(): Promise<void>;
}

/** Creates a database with a random name on the Postgres of `TEST_DATABASE_URL`. */
export async function createTestDatabase(
  servers: TestServers,
  { name, migrate, connect }: DatabaseSetup,
): Promise<TestDatabase> {
  const server = serverUrl(servers, 'TEST_DATABASE_URL');
  const databaseName = `test_${name}_${randomBytes(6).toString('hex')}`;
  const url = new URL(`/${databaseName}`, server).href;
  await patiently(() => migrate(url));
  const pool = connect(url, PATIENT);
  return {
    url,
    pool,
    async drop() {
      await pool.end();
      const maintenance = connect(server, PATIENT);
      await maintenance.query(`DROP DATABASE "${databaseName}" WITH (FORCE)`);
      await maintenance.end();
    },
  };
}

/** The address of one of the tests' servers. Throws where the environment names none. */
export function serverUrl(servers: TestServers, name: keyof TestServers): string {
  const url = servers[name];
  if (url === undefined) throw new Error(`${name} is not set: start the specs with \`npm test\``);
  return url;
}
