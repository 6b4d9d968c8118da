import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('..', import.meta.url));

/** Jest started by hand, before anything was built: build what these two servers need. */
function buildIfMissing() {
  if (
    existsSync(`${launcher}/dist/postgres-server.js`) &&
    existsSync(`${launcher}/dist/reconcile-test-redis.js`)
  )
    return;
  const tsc = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url));
  spawnSync(process.execPath, [tsc, '--build', `${launcher}/tsconfig.lib.json`], { stdio: 'inherit' });
}

/** One Redis and one Postgres for the whole run, on free ports, unless the environment names both already. */
export default async function setup() {
  buildIfMissing();
  const { findRedisServer } = await import('../dist/redis-program.js');
  const redis = await findRedisServer();
  // For specs that start, kill and hang servers of their own; in a container they would need another way.
  if (redis.kind === 'program') process.env.TEST_REDIS_PROGRAM ??= redis.file;
  const { reconcileTestRedis } = await import('../dist/reconcile-test-redis.js');
  if (process.env.TEST_REDIS_URL && process.env.TEST_DATABASE_URL) {
    await reconcileTestRedis(process.env.TEST_REDIS_URL);
    return;
  }
  const { startRedis } = await import('../dist/redis-server.js');
  const { startPostgres } = await import('../dist/postgres-server.js');
  const servers = await Promise.all([startRedis(), startPostgres()]);
  globalThis.holdfastTestServers = servers;
  process.env.TEST_REDIS_URL = servers[0].url;
  process.env.TEST_DATABASE_URL = servers[1].url;
  await reconcileTestRedis(servers[0].url);
}
