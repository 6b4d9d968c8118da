import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answersPing } from '@holdfast/fleet-client';
import { freePort } from './free-port.js';
import { replaceFile } from './private-files.js';
import { redisCommand, removeContainer } from './redis-command.js';
import { redisConfig } from './redis-config.js';
import { findRedisServer } from './redis-program.js';
import { startTestServer, type TestServer } from './test-server.js';

/** How a Redis for tests is to differ from a single one. */
export interface TestRedisOptions {
  /** The port of its primary, on this machine. */
  readonly replicaOf?: number;
}

/**
 * Starts one Redis on a free port with a temporary folder, for tests. It ends with this process, however that ends.
 * Finds its program as the launcher does, but never takes the server of `REDIS_URL`: it may be somebody's.
 */
export async function startRedis(options: TestRedisOptions = {}): Promise<TestServer> {
  const source = await findRedisServer();
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  const container = `holdfast-test-redis-${process.pid}-${port}`;
  const configFile = join(dir, 'redis.conf');
  replaceFile(configFile, redisConfig({ port, dir, replicated: false, ...options }));
  return startTestServer({
    name: 'Redis',
    command: redisCommand(source, container, configFile, dir),
    signal: 'SIGTERM',
    dir,
    url: `redis://127.0.0.1:${port}`,
    isReady: () => answersPing(port),
    cleanUp: () => removeContainer(source, container),
  });
}
