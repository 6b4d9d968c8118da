import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { answersPing } from '@holdfast/fleet-client';
import pg from 'pg';
import { startPostgres } from './postgres-server.js';
import { startRedis } from './redis-server.js';
import type { TestServer } from './test-server.js';

const temporary = (): string[] =>
  readdirSync(tmpdir()).filter((name) => /^holdfast-(redis|postgres)-/.test(name));

describe('the stores of a test run', () => {
  let before: string[];
  let redis: TestServer;
  let postgres: TestServer;
  beforeAll(async () => {
    before = temporary();
    [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  });
  afterAll(() => Promise.all([redis.stop(), postgres.stop()]));

  it('are a Redis of their own', async () => {
    expect(await answersPing(Number(new URL(redis.url).port))).toBe(true);
  });

  it('are a Postgres 18 of their own, in UTF-8', async () => {
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query(
      `select current_setting('server_version_num')::int / 10000 as major, current_setting('server_encoding') as encoding, lower('Ä') as lower`,
    );
    await client.end();
    expect(rows).toEqual([{ major: 18, encoding: 'UTF8', lower: 'ä' }]);
  });

  it('are gone with their data when they are stopped', async () => {
    const servers = await Promise.all([startRedis(), startPostgres()]);
    const made = temporary().filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThanOrEqual(4);
    await Promise.all(servers.map((server) => server.stop()));
    expect(await answersPing(Number(new URL(servers[0].url).port))).toBe(false);
    expect(made.filter((name) => existsSync(`${tmpdir()}/${name}`)).length).toBe(2);
  });
});
