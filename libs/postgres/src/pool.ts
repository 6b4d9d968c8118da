import pg from 'pg';

/** Settings of a pool that an application may want to change. */
export interface PoolOptions {
  /** Connections at most. Default 10. */
  readonly max?: number;
  /**
   * How long a connection, a statement, an answer and a pause within a transaction may take, each, in milliseconds.
   * Default: 2,000, 5,000, 6,000 and 10,000.
   */
  readonly patienceMs?: number;
  /** Told of connections that broke while idle. Default: nobody; the next query opens a new one. */
  readonly onError?: (error: Error) => void;
}

/**
 * A Postgres connection pool that survives its server: a lost connection never ends the process, and nothing waits
 * for ever (see `patienceMs`). Close it with `pool.end()`.
 */
export function createPool(url: string, options: PoolOptions = {}): pg.Pool {
  const { max = 10, patienceMs, onError = () => undefined } = options;
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: patienceMs ?? 2_000,
    idleTimeoutMillis: 30_000,
    statement_timeout: patienceMs ?? 5_000,
    // The server's own timeout does not help when the server hangs.
    query_timeout: patienceMs ?? 6_000,
    idle_in_transaction_session_timeout: patienceMs ?? 10_000,
    keepAlive: true,
  });
  // Without a listener node ends the process when a connection breaks: the pool tells of idle ones, and one that is
  // in use only of itself (its statement fails as well, so there is nothing left to say).
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
