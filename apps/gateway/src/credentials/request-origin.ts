import type { BlockList } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { isWebSocket } from '../http/door-request.js';
import { clientAddress } from '../proxy/client-address.js';
import { normalisePath } from '../proxy/service-routes.js';

/** What origins count as what. */
export interface KnownOrigins {
  /** `TOKEN_ISSUER`: where the platform is reached. */
  readonly issuer: string;
  /** `CORS_ORIGINS`: pages of others whose scripts may call us with a bearer token. */
  readonly crossOrigins: ReadonlySet<string>;
  /** Whose word on scheme and host of a request is taken. */
  readonly trustedProxies: BlockList;
}

/** Reading (RFC 9110 9.2.1): what another site starts by it, it cannot see, and it changes nothing. */
const SAFE_METHODS: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** These give a browser a session: another site could sign its visitor in as somebody else (login CSRF). */
const BEGINNINGS: ReadonlySet<string> = new Set(['/auth/login', '/auth/guest', '/auth/register']);
/** Browsers leave them out of an origin. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: ':80', https: ':443' };

/**
 * Whether a request comes from a page of ours, by what its browser says and no page can forge: `Origin`, and
 * `Sec-Fetch-Site` (OWASP CSRF Prevention, Fetch Metadata). `same-site` is foreign: a sister domain is not us.
 */
export class RequestOrigin {
  readonly #issuer: string;

  constructor(private readonly known: KnownOrigins) {
    this.#issuer = new URL(known.issuer).origin;
  }

  /**
   * Whether a request that brings the session's cookie is refused: it is unsafe, and nothing says that it is our own. So
   * is a WebSocket, which any page may open and read (cross-site WebSocket hijacking, RFC 6455 10.2).
   */
  refusesCookie(request: IncomingMessage): boolean {
    if (SAFE_METHODS.has(request.method) && !isWebSocket(request)) return false;
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (origin === undefined) return site !== 'same-origin';
    return !this.#isOurs(origin, request) || (site !== undefined && site !== 'same-origin');
  }

  /**
   * Whether a request without a cookie is refused: it would begin a session, and something says that it is foreign.
   * Programs say nothing of the kind, and pages that may call us with a bearer token may get one, too.
   */
  refusesBeginning(request: IncomingMessage): boolean {
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (request.method !== 'POST' || (origin === undefined && site === undefined)) return false;
    if (!BEGINNINGS.has(normalisePath(request.url ?? '/'))) return false;
    if (origin !== undefined && this.known.crossOrigins.has(origin)) return false;
    return (
      (origin !== undefined && !this.#isOurs(origin, request)) || (site ?? 'same-origin') !== 'same-origin'
    );
  }

  #isOurs(origin: string, request: IncomingMessage): boolean {
    if (origin === this.#issuer) return true;
    const { proto, host } = clientAddress(request, this.known.trustedProxies);
    if (host === undefined) return false;
    return origin === `${proto}://${withoutPort(host.toLowerCase(), DEFAULT_PORTS[proto])}`;
  }
}

function withoutPort(host: string, port: string | undefined): string {
  return port !== undefined && host.endsWith(port) ? host.slice(0, -port.length) : host;
}
