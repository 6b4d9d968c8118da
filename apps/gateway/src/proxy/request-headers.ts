import { DEADLINE_HEADER } from '@holdfast/balancer-http';
import { SESSION_DATA_HEADER } from '@holdfast/contracts';
import { traceIdOf } from '@holdfast/service-defaults';
import type { Admission } from '../credentials/credential-gate.js';
import { withoutSessionCookie } from '../credentials/cookie-header.js';
import type { ClientAddress } from './client-address.js';
import { judgedByName } from './header-names.js';
import { isHopByHop, namedByConnection } from './hop-by-hop.js';
import type { Exchange } from './response-writer.js';

/** What only we may say: where a request came from, who sent it, what it is called. */
const OURS: ReadonlySet<string> = new Set([
  'host',
  // Of the body as we send it.
  'content-length',
  'x-request-id',
  // What remains of it, each try is told.
  DEADLINE_HEADER,
  'x-gateway',
  'x-served-by',
  'x-retries',
  'x-session-age',
  'forwarded',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-original-url',
  'x-rewrite-url',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]);
/** Prefixes of the same, and of identity headers: services believe tokens only, but must not even see these. */
const OUR_PREFIXES = /^x-(?:forwarded|user|session|auth|roles?|internal|holdfast)(?:-|$)/;

/** Headers for a service, and what they say. */
export interface OutgoingHeaders {
  readonly headers: string[];
  /** There is exactly one `Idempotency-Key`. */
  readonly keyed: boolean;
}

/**
 * The headers to forward: the client's end-to-end ones without what only we may say, then what we say. The session's
 * cookie is cut out of its line; the token that stands for it comes with what we say, where `Connection` cannot name it.
 */
export function requestHeaders(
  { request, requestId, traceparent }: Pick<Exchange, 'request' | 'requestId' | 'traceparent'>,
  client: ClientAddress,
  { authorization, cutsCookie, sessionData }: Pick<Admission, 'authorization' | 'cutsCookie' | 'sessionData'>,
): OutgoingHeaders {
  const { rawHeaders } = request;
  const { connection, te } = request.headers;
  const named = connection === undefined ? undefined : namedByConnection(connection);
  const headers: string[] = [];
  let keys = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const rawName = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const { name, isDropped } = judged(rawName);
    if (isDropped || named?.has(name)) continue;
    if (name === 'traceparent' && (traceparent !== undefined || traceIdOf(value) === undefined)) continue;
    if (name === 'idempotency-key') keys += 1;
    const kept = cutsCookie && name === 'cookie' ? withoutSessionCookie(value) : value;
    if (kept !== '' || value === '') headers.push(rawName, kept);
  }
  // The one transfer coding preference that may travel on: we hand trailers on.
  if (typeof te === 'string' && /(?:^|,)\s*trailers\s*(?:,|$)/i.test(te)) headers.push('te', 'trailers');
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  if (authorization !== undefined) headers.push('authorization', authorization);
  if (sessionData !== undefined) headers.push(SESSION_DATA_HEADER, sessionData);
  headers.push('x-request-id', requestId, 'x-forwarded-for', client.ip, 'x-forwarded-proto', client.proto);
  if (client.host !== undefined) headers.push('x-forwarded-host', client.host);
  return { headers, keyed: keys === 1 };
}

/** Some frameworks read `_` as `-`. */
const judged = judgedByName((name) => {
  const dashed = name.replaceAll('_', '-');
  return { name, isDropped: isHopByHop(dashed) || isOurs(dashed) };
});

function isOurs(name: string): boolean {
  return OURS.has(name) || (name.startsWith('x-') && OUR_PREFIXES.test(name));
}
