import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from './pool.js';
import { inTransaction } from './transaction.js';

const table = `notes_${randomUUID().replaceAll('-', '')}`;
const pool = createPool(process.env['TEST_DATABASE_URL'] ?? '', { max: 1, patienceMs: 2_000 });

beforeAll(() => pool.query(`CREATE TABLE ${table} (note text)`));
afterAll(async () => {
  await pool.query(`DROP TABLE ${table}`);
  await pool.end();
});

const insert = (note: string) => `INSERT INTO ${table} VALUES ('${note}')`;
const notes = async () => (await pool.query<{ note: string }>(`SELECT note FROM ${table}`)).rows;

describe('inTransaction', () => {
  it('commits what was done, and answers', async () => {
    const answer = await inTransaction(pool, async (client) => {
      await client.query(insert('kept'));
      return 'done';
    });
    expect(answer).toBe('done');
    expect(await notes()).toEqual([{ note: 'kept' }]);
  });

  it('leaves nothing of what failed, and the connection to the next', async () => {
    const before = await notes();
    const failed = inTransaction(pool, async (client) => {
      await client.query(insert('gone'));
      throw new Error('changed its mind');
    });
    await expect(failed).rejects.toThrow('changed its mind');
    expect(await notes()).toEqual(before);
  });

  it('gives a statement up, and all before it, when it takes too long', async () => {
    const before = await notes();
    const hung = inTransaction(pool, async (client) => {
      await client.query(insert('gone'));
      await client.query('SELECT pg_sleep(60)');
    });
    await expect(hung).rejects.toThrow(/timeout/);
    await inTransaction(pool, (client) => client.query(insert('next')));
    expect(await notes()).toEqual([...before, { note: 'next' }]);
  });
});
