import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { migrateDatabase } from './migrate.js';
import { createPool } from './pool.js';

const { TEST_DATABASE_URL = '' } = process.env;
const made: string[] = [];
let folder: string;
let url: string;

function freshUrl(): string {
  const fresh = new URL(TEST_DATABASE_URL);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  made.push(name);
  fresh.pathname = `/${name}`;
  return fresh.href;
}

async function writeMigrations(migrations: Readonly<Record<string, string>>): Promise<void> {
  const tags = Object.keys(migrations);
  for (const [tag, sql] of Object.entries(migrations)) await writeFile(join(folder, `${tag}.sql`), sql);
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1_000 + idx, tag, breakpoints: true }));
  const journal = { version: '7', dialect: 'postgresql', entries };
  await writeFile(join(folder, 'meta', '_journal.json'), JSON.stringify(journal));
}

async function rows(sql: string): Promise<unknown[]> {
  const pool = createPool(url);
  try {
    return (await pool.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await pool.end();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'migrations-'));
  await mkdir(join(folder, 'meta'));
});
beforeEach(() => {
  url = freshUrl();
});
afterAll(async () => {
  const client = new pg.Client({ connectionString: TEST_DATABASE_URL });
  await client.connect();
  for (const name of made) await client.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
  await client.end();
  await rm(folder, { recursive: true });
});

describe('migrateDatabase', () => {
  it('creates a missing database and brings it to the newest migration, step by step', async () => {
    await writeMigrations({
      '0000_a': 'CREATE TABLE a (id int);\n--> statement-breakpoint\nINSERT INTO a VALUES (1);',
    });
    await migrateDatabase(url, folder);
    await migrateDatabase(url, folder);
    await writeMigrations({ '0000_a': 'CREATE TABLE a (id int);', '0001_b': 'INSERT INTO a VALUES (2);' });
    await migrateDatabase(url, folder);
    expect(await rows('SELECT id FROM a ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('happens once when many start at once', async () => {
    await writeMigrations({ '0000_a': 'CREATE TABLE a (id int); INSERT INTO a VALUES (1);' });
    await Promise.all(Array.from({ length: 8 }, () => migrateDatabase(url, folder)));
    expect(await rows('SELECT id FROM a')).toEqual([{ id: 1 }]);
  });

  it('leaves nothing behind of a migration that fails, says why, and lets the next one in', async () => {
    await writeMigrations({ '0000_a': 'CREATE TABLE a (id int); INSERT INTO missing VALUES (1);' });
    await expect(migrateDatabase(url, folder)).rejects.toThrow();
    await writeMigrations({ '0000_a': 'CREATE TABLE a (id int);' });
    await migrateDatabase(url, folder);
    expect(await rows('SELECT id FROM a')).toEqual([]);
  });

  it('rejects where there is no journal or no server', async () => {
    await expect(migrateDatabase(url, tmpdir())).rejects.toThrow(/_journal\.json/);
    await expect(migrateDatabase('postgres://nobody@127.0.0.1:1/x', folder)).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});

describe('createPool', () => {
  it('tells of an idle connection that broke, and opens another', async () => {
    await writeMigrations({});
    await migrateDatabase(url, folder);
    const broken: Error[] = [];
    const pool = createPool(url, { onError: (error) => broken.push(error) });
    const { rows: backends } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const client = new pg.Client({ connectionString: TEST_DATABASE_URL });
    await client.connect();
    await client.query('SELECT pg_terminate_backend($1)', [backends[0]?.pid]);
    await client.end();
    while (broken.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
