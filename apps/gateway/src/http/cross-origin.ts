import type { IncomingMessage } from 'node:http';

/** Methods a page may use; HEAD, GET and POST need no leave. */
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const REQUEST_HEADERS =
  'authorization, content-type, idempotency-key, x-request-id, traceparent, x-deadline-ms, x-session-data';
const EXPOSED =
  'x-request-id, x-served-by, x-gateway, x-retries, x-session-age, x-session-data, retry-after, ratelimit, ratelimit-policy, www-authenticate, allow, location';
const PREFLIGHT_MAX_AGE_S = '600';
const NONE: readonly string[] = [];

/**
 * Which other origins' pages may read our answers (CORS, Fetch 3.2). They call with a bearer token:
 * `Access-Control-Allow-Credentials` is never said, so that no cookie of ours is of use to them.
 */
export class CrossOrigin {
  /** @param origins - exactly these; none: CORS is off, and no header says anything of it */
  constructor(private readonly origins: ReadonlySet<string> = new Set()) {}

  /** What an answer to this request says, flat. `Vary` also where it says nothing else: a cache may keep the answer. */
  headersFor({ headers: { origin } }: IncomingMessage): readonly string[] {
    if (this.origins.size === 0) return NONE;
    if (origin === undefined || !this.origins.has(origin)) return ['vary', 'origin'];
    return [
      ...['access-control-allow-origin', origin],
      ...['access-control-expose-headers', EXPOSED],
      ...['vary', 'origin'],
    ];
  }

  /** The answer to a preflight of an origin that may call us, flat; `undefined` for any other request. */
  preflightHeaders({ method, headers }: IncomingMessage): readonly string[] | undefined {
    if (method !== 'OPTIONS' || headers['access-control-request-method'] === undefined) return undefined;
    if (headers.origin === undefined || !this.origins.has(headers.origin)) return undefined;
    return [
      ...['access-control-allow-origin', headers.origin],
      ...['access-control-allow-methods', METHODS],
      ...['access-control-allow-headers', REQUEST_HEADERS],
      ...['access-control-max-age', PREFLIGHT_MAX_AGE_S],
      ...['vary', 'origin, access-control-request-method, access-control-request-headers'],
    ];
  }
}
