import type pg from 'pg';

/**
 * Runs a transaction on a connection of the pool: committed when `work` resolves. When it rejects, or a statement was
 * given up, the connection is closed, which rolls back whatever the server has come to; its place in the pool is free.
 *
 * Rejects with the first error. After one of the commit itself it may have happened.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // No ROLLBACK: to a server that hangs it would have to wait as well, and a connection that goes back with its
    // transaction open would have the next one's statements commit what was given up here.
    client.release(true);
    throw error;
  }
}
