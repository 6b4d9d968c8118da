import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { LauncherError } from './errors.js';
import { postgresBinaries } from './postgres-binaries.js';
import { asUser, giveTo, postgresUser, type UserCommand } from './postgres-user.js';
import { replaceFile } from './private-files.js';
import { lastLines } from './run-command.js';

/** Where a Postgres keeps its data, how it is reached, and how careful it is. */
export interface PostgresCluster {
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  /** Whether a commit waits for the disk, and a password is hard to guess from its hash. Tests do without. */
  readonly durable: boolean;
}

const run = promisify(execFile);
// Messages in English whatever the reader's language is, and nothing of theirs (PGDATA, PGPORT …).
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' };

/** The address of a database of this server, `postgres` by default. Contains the password. */
export function postgresUrl({ port, password }: PostgresCluster, database = 'postgres'): string {
  return `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** Creates the data folder if there is none yet: complete or not at all. */
export async function initialise({ dataDir, password, durable }: PostgresCluster): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return;
  const draft = `${dataDir}.new`;
  const passwordFile = `${dataDir}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  const user = postgresUser(draft);
  giveTo(draft, user);
  replaceFile(passwordFile, `${password}\n`);
  giveTo(passwordFile, user);
  const auth = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  // Each of thousands of connections would cost 4,096 rounds of hashing at both ends.
  const quick = durable ? [] : ['--no-sync', '--set=scram_iterations=1'];
  const args = ['-D', draft, ...auth, ...locale, ...quick];
  const { file, args: all, ...identity } = asUser(user, { file: postgresBinaries().initdb, args });
  try {
    await run(file, all, { ...identity, cwd: draft, env: ENVIRONMENT });
    renameSync(draft, dataDir);
  } catch (error) {
    throw initialiseFailed(error, dataDir);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(draft, { recursive: true, force: true });
  }
}

function initialiseFailed(error: unknown, dataDir: string): LauncherError {
  const { stderr = '', message = '' } = error as { stderr?: string; message?: string };
  const details = lastLines(stderr === '' ? message : stderr);
  const full = details.some((line) => line.includes('No space left on device'));
  const reason = full ? 'the disk is full; free some space' : 'initdb failed; its last lines follow';
  return new LauncherError(`Postgres could not make its data folder ${dataDir}: ${reason}.`, 1, details);
}

/** How to start the server in the foreground. It logs to its standard error. */
export function postgresCommand(
  cluster: PostgresCluster,
): UserCommand & { cwd: string; env: NodeJS.ProcessEnv } {
  const { dataDir, port, durable } = cluster;
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '32MB',
    // Workers for reading ahead are for large tables; here they are three more processes.
    io_method: 'sync',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = { file: postgresBinaries().postgres, args: ['-D', dataDir, ...flags] };
  return { ...asUser(postgresUser(dataDir), command), cwd: dataDir, env: ENVIRONMENT };
}

/** What a server says to somebody who wants in: `shutting-down` also while it waits for others to leave. */
export type PostgresAnswer = 'open' | 'shutting-down' | 'closed';

/** Asks the server with a connection of its own. */
export async function askPostgres(cluster: PostgresCluster): Promise<PostgresAnswer> {
  const client = new pg.Client({ connectionString: postgresUrl(cluster), connectionTimeoutMillis: 2_000 });
  // An ending server drops the connection after the answer: that is no news.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return 'open';
  } catch (error) {
    // cannot_connect_now is also said while it starts; we gave it English messages.
    const { code, message } = error as { code?: string; message: string };
    return code === '57P03' && message.includes('shutting down') ? 'shutting-down' : 'closed';
  } finally {
    await client.end().catch(() => undefined);
  }
}
