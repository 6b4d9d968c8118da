import { clearedSessionCookie, SESSION_COOKIE } from '@holdfast/contracts';
import { securityHeaders } from '@holdfast/service-defaults';
import { EXPLAIN_HEADER } from '../platform/explanation.js';
import { judgedByName } from './header-names.js';
import { isHopByHop, namedByConnection } from './hop-by-hop.js';

/** What the gateway says of every answer. */
export interface GatewayHeaders {
  readonly requestId: string;
  readonly gatewayId: string;
  readonly servedBy: string;
  readonly retries: number;
  /** What it says to pages of other origins, flat. Default: nothing. */
  readonly crossOrigin?: readonly string[];
  /** How it came about, for who may know. Default: it is not said. */
  readonly explanation?: string | undefined;
}

const OURS: ReadonlySet<string> = new Set([
  'x-request-id',
  'x-gateway',
  'x-served-by',
  'x-retries',
  EXPLAIN_HEADER,
]);

/** Our own headers, flat. */
export function gatewayHeaders({
  requestId,
  gatewayId,
  servedBy,
  retries,
  crossOrigin,
  explanation,
}: GatewayHeaders): string[] {
  const headers = ['x-request-id', requestId, 'x-served-by', servedBy, 'x-gateway', gatewayId];
  if (retries > 0) headers.push('x-retries', String(retries));
  if (crossOrigin !== undefined) headers.push(...crossOrigin);
  if (explanation !== undefined) headers.push(EXPLAIN_HEADER, explanation);
  return headers;
}

/** The security headers that an answer must have; services send them all, what stands for one may not. */
const SECURITY = new Map(securityHeaders());
const COOKIE_START = `${SESSION_COOKIE}=`;

/** What an answer is told besides. */
export interface AnswerOptions extends GatewayHeaders {
  /**
   * The browser is told to drop the session's cookie, unless the answer brings a new one. No cache keeps the answer: it
   * would tell others to drop theirs.
   */
  readonly clearsCookie?: boolean | undefined;
}

/**
 * The headers to answer with, flat: the service's end-to-end ones, repeated ones kept apart (`Set-Cookie`), the
 * security headers that it lacks, then ours. 204 and 304 have no body,
 * whatever their length says (RFC 9110 8.6).
 */
export function responseHeaders(raw: readonly string[], status: number, options: AnswerOptions): string[] {
  const headers: string[] = [];
  let named: ReadonlySet<string> | undefined;
  let secured = 0;
  let clears = options.clearsCookie === true;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const rawName = raw[index] ?? '';
    const { name, isDropped, isSecurity } = judged(rawName);
    if (name === 'connection') named ??= namedByConnection(raw[index + 1] ?? '');
    if (isDropped) continue;
    if ((status === 204 || status === 101) && name === 'content-length') continue;
    if (options.clearsCookie && name === 'cache-control') continue;
    const value = raw[index + 1] ?? '';
    if (isSecurity) secured += 1;
    if (clears && name === 'set-cookie' && value.startsWith(COOKIE_START)) clears = false;
    headers.push(rawName, value);
  }
  if (named) removeNamed(headers, named);
  if (named || secured < SECURITY.size) headers.push(...lackingSecurity(headers));
  if (options.clearsCookie) headers.push('cache-control', 'no-store');
  if (clears) headers.push('set-cookie', clearedSessionCookie());
  headers.push(...gatewayHeaders(options));
  return headers;
}

const judged = judgedByName((name) => ({
  name,
  isDropped: isHopByHop(name) || isOurs(name),
  isSecurity: SECURITY.has(name),
}));

/** Only the gateway knows who may read an answer. */
function isOurs(name: string): boolean {
  return OURS.has(name) || name.startsWith('access-control-');
}

function lackingSecurity(headers: readonly string[]): string[] {
  const present = new Set(
    headers.filter((_each, index) => index % 2 === 0).map((name) => name.toLowerCase()),
  );
  return [...SECURITY].filter(([name]) => !present.has(name)).flat();
}

/** Takes out what `Connection` has named; hardly anybody names anything, so it is not looked for beforehand. */
function removeNamed(headers: string[], named: ReadonlySet<string>): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (named.has(headers[index]?.toLowerCase() ?? '')) headers.splice(index, 2);
  }
}

/** Trailers to hand on, as pairs: none that says how to read the message or what to do with it (RFC 9110 6.5.1). */
export function responseTrailers(raw: readonly string[]): [string, string][] {
  const trailers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (isHopByHop(name.toLowerCase()) || FORBIDDEN_TRAILERS.has(name.toLowerCase())) continue;
    trailers.push([name, raw[index + 1] ?? '']);
  }
  return trailers;
}

const FORBIDDEN_TRAILERS: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'host',
  'cache-control',
  'authorization',
  'set-cookie',
  'location',
  'retry-after',
  'x-request-id',
  'x-gateway',
  'x-served-by',
  'x-retries',
]);
