import { isHopByHop, namedByConnection } from './hop-by-hop.js';

/** What the gateway says of every answer. */
export interface GatewayHeaders {
  readonly requestId: string;
  readonly gatewayId: string;
  readonly servedBy: string;
  readonly retries: number;
}

const OURS: ReadonlySet<string> = new Set(['x-request-id', 'x-gateway', 'x-served-by', 'x-retries']);

/** Our own headers, flat. */
export function gatewayHeaders({ requestId, gatewayId, servedBy, retries }: GatewayHeaders): string[] {
  const headers = ['x-request-id', requestId, 'x-served-by', servedBy, 'x-gateway', gatewayId];
  if (retries > 0) headers.push('x-retries', String(retries));
  return headers;
}

/**
 * The headers to answer with, flat: the service's end-to-end ones, repeated ones kept apart (`Set-Cookie`), then ours.
 * Latin-1 gives back the very bytes that came. 204 and 304 have no body, whatever their length says (RFC 9110 8.6).
 */
export function responseHeaders(raw: readonly Buffer[], status: number, ours: GatewayHeaders): string[] {
  const named = namedIn(raw);
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const rawName = raw[index]?.toString('latin1') ?? '';
    const name = rawName.toLowerCase();
    if (isHopByHop(name) || OURS.has(name) || named?.has(name)) continue;
    if (status === 204 && name === 'content-length') continue;
    headers.push(rawName, raw[index + 1]?.toString('latin1') ?? '');
  }
  headers.push(...gatewayHeaders(ours));
  return headers;
}

function namedIn(raw: readonly Buffer[]): ReadonlySet<string> | undefined {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index];
    if (name?.length !== 10 || name.toString('latin1').toLowerCase() !== 'connection') continue;
    const named = namedByConnection(raw[index + 1]?.toString('latin1') ?? '');
    if (named) return named;
  }
  return undefined;
}

/** Trailers to hand on, as pairs: none that says how to read the message or what to do with it (RFC 9110 6.5.1). */
export function responseTrailers(raw: readonly Buffer[]): [string, string][] {
  const trailers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toString('latin1') ?? '';
    if (isHopByHop(name.toLowerCase()) || FORBIDDEN_TRAILERS.has(name.toLowerCase())) continue;
    trailers.push([name, raw[index + 1]?.toString('latin1') ?? '']);
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
