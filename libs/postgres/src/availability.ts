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
  for (let current = error, depth = 0; current instanceof Error && depth < 5; depth += 1) {
    if (isUnavailable(current)) return true;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return false;
}

function isUnavailable(error: Error & { code?: unknown }): boolean {
  const { code } = error;
  if (typeof code === 'string' && (SOCKET_CODES.has(code) || SQLSTATE.test(code))) return true;
  return code === undefined && MESSAGES.test(error.message);
}
