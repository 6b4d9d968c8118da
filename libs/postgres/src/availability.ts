import { types } from 'node:util';

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT',
]);
/** Classes and codes of SQLSTATE that say "not now": connection, resources, shutdown, start-up, read-only standby. */
const SQLSTATE = /^(08...|53...|57P0[1-5]|57014|25006)$/;
/** What `pg` and `pg-pool` throw without a code. */
const MESSAGES =
  /timeout exceeded when trying to connect|connection terminated|query read timeout|not queryable|connection ended/i;

/**
 * Whether an error means that Postgres cannot answer at the moment (refused, hung, shutting down, out of
 * connections), rather than that the statement was wrong. Looks through `cause` and `AggregateError`.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let current = error, depth = 0; types.isNativeError(current) && depth < 5; depth += 1) {
    if (isUnavailable(current)) return true;
    current = 'errors' in current && Array.isArray(current.errors) ? current.errors[0] : current.cause;
  }
  return false;
}

function isUnavailable(error: Error & { readonly code?: unknown }): boolean {
  const { code } = error;
  if (typeof code === 'string') return SOCKET_CODES.has(code) || SQLSTATE.test(code);
  return MESSAGES.test(error.message);
}
