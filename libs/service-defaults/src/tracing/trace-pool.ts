import { AsyncResource } from 'node:async_hooks';
import type { Pool, PoolClient } from 'pg';
import { activeSpan } from './active-span.js';

type Connected = (error: Error | undefined, client?: PoolClient, release?: unknown) => void;
type Connect = (callback?: Connected) => Promise<PoolClient> | undefined;
type Query = (...args: unknown[]) => unknown;

/** The operation, and the table where it is said plainly. Statements are not shown: somebody may write values into one. */
const STATEMENT = /^\s*(\w+)(?:[^]*?\b(?:from|into|update)\s+"?(\w+)"?)?/i;

/**
 * Gives each statement that the pool runs for a traced request a span. A statement that waited for a connection is run in the
 * context of whoever gave that back: its own is restored first.
 */
export function tracePool(pool: Pool): void {
  const traced = new WeakSet<PoolClient>();
  const take = (client: PoolClient | undefined): void => {
    if (!client || traced.has(client)) return;
    traced.add(client);
    traceClient(client);
  };
  const connect = pool.connect.bind(pool) as Connect;
  const tracedConnect: Connect = (callback) => {
    if (!callback) {
      return connect()?.then((client) => {
        take(client);
        return client;
      });
    }
    const ours = AsyncResource.bind(callback);
    return connect((error, client, release) => {
      take(client);
      ours(error, client, release);
    });
  };
  Object.assign(pool, { connect: tracedConnect });
}

function traceClient(client: PoolClient): void {
  const query = client.query.bind(client) as Query;
  const traced: Query = (...args) => {
    const end = activeSpan()?.child(...spanOf(args[0]));
    if (!end) return query(...args);
    const callback = args.at(-1);
    if (typeof callback === 'function') {
      const told = (error: unknown, ...rest: unknown[]) => {
        end(error ?? undefined);
        (callback as Query)(error, ...rest);
      };
      return query(...args.slice(0, -1), told);
    }
    const answer = query(...args);
    if (answer instanceof Promise) answer.then(() => end(), end);
    else end();
    return answer;
  };
  Object.assign(client, { query: traced });
}

function spanOf(statement: unknown): [name: string, attributes: Record<string, string>] {
  const text = typeof statement === 'string' ? statement : String((statement as { text?: unknown }).text);
  const [, verb = 'statement', table] = STATEMENT.exec(text) ?? [];
  const operation = verb.toUpperCase();
  const attributes = { 'db.system.name': 'postgresql', 'db.operation.name': operation };
  return [
    `postgres ${operation}`,
    table === undefined ? attributes : { ...attributes, 'db.collection.name': table },
  ];
}
