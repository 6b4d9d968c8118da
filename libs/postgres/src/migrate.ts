import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

/** One lock for all migrations of a database; any constant that nobody else uses. */
const MIGRATION_LOCK = 4_863_653_741;

/**
 * Brings a database to the newest migration of a Drizzle folder (`*.sql`, `meta/_journal.json`), and creates the
 * database first if it is missing. Safe when several start at once: one migrates, the others wait and find it done.
 * Rejects with the server's error, or if the folder has no journal.
 */
export async function migrateDatabase(url: string, folder: string): Promise<void> {
  await createIfMissing(url);
  await withClient(url, async (client) => {
    // Held by the connection: gone with it, whatever happens to this process.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: folder });
  });
}

async function createIfMissing(url: string): Promise<void> {
  try {
    await withClient(url, async () => undefined);
  } catch (error) {
    if (sqlStateOf(error) !== '3D000') throw error;
    await createDatabase(url);
  }
}

async function createDatabase(url: string): Promise<void> {
  const maintenance = new URL(url);
  const name = decodeURIComponent(maintenance.pathname.slice(1));
  maintenance.pathname = '/postgres';
  await withClient(maintenance.href, async (client) => {
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } catch (error) {
      // Another instance was faster: either it exists now, or its catalogue row does.
      if (!['42P04', '23505'].includes(sqlStateOf(error) ?? '')) throw error;
    }
  });
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A connection that breaks fails the query under way; the event must not end the process as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
}

function sqlStateOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
