import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { askPostgres, initialise, postgresCommand, postgresUrl } from './postgres-cluster.js';
import { startTestServer, type TestServer } from './test-server.js';

/** Starts one embedded Postgres on a free port with a temporary folder, for tests. It ends with this process, however that ends. */
export async function startPostgres(): Promise<TestServer> {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-postgres-'));
  const password = randomBytes(16).toString('base64url');
  const cluster = { dataDir: join(dir, 'data'), port: await freePort(), password, durable: false };
  await initialise(cluster);
  return startTestServer({
    name: 'Postgres',
    command: postgresCommand(cluster),
    signal: 'SIGINT',
    dir,
    url: postgresUrl(cluster),
    isReady: async () => (await askPostgres(cluster)) === 'open',
  });
}
