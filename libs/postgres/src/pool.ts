import pg from 'pg';

/** Settings of a pool that an application may want to change. */
export interface PoolOptions {
  /** Connections at most. Default 10. */
  readonly max?: number;
  /** Told of connections that broke while idle. Default: nobody; the next query opens a new one. */
  readonly onError?: (error: Error) => void;
}

/**
 * A Postgres connection pool that survives its server: a lost connection never ends the process, and nothing waits
 * for ever (connect 2 s, statement 5 s, answer 6 s, idle transaction 10 s). Close it with `pool.end()`.
 */
export function createPool(url: string, { max = 10, onError = () => undefined }: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: 5_000,
    // The server's own timeout does not help when the server hangs.
    query_timeout: 6_000,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
  });
  // Without a listener node ends the process when a connection breaks: the pool tells of idle ones, and one that is
  // in use only of itself (its statement fails as well, so there is nothing left to say).
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
