import { afterAll, describe, expect, it } from '@jest/globals';
import { createPool } from './pool.js';

const url = process.env['TEST_DATABASE_URL'] ?? '';
const operator = createPool(url, { max: 1 });

describe('createPool', () => {
  afterAll(() => operator.end());

  it.each(['idle', 'in use'])(
    'survives a connection that breaks while %s, and opens another',
    async (when) => {
      const pool = createPool(url, { max: 2 });
      const client = await pool.connect();
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const broken = new Promise((resolve) => client.once('end', resolve));
      if (when === 'idle') client.release();
      else await client.query('BEGIN');
      await operator.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
      await broken;
      if (when === 'in use') client.release(true);
      expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      await pool.end();
    },
  );
});
