import { pathOf } from './strict-check.js';

/** Which service answers what, by the first segment of the path. What is not here is not reachable from outside. */
const SERVICE_OF_PREFIX: ReadonlyMap<string, string> = new Map([
  ['auth', 'auth'],
  ['oauth', 'auth'],
  ['.well-known', 'auth'],
  ['users', 'user'],
  ['products', 'order'],
  ['cart', 'order'],
  ['orders', 'order'],
]);

/** Of the platform's operations these are a service's; the rest is the gateway's own, or nothing. */
const SERVICE_OF_OPERATION: ReadonlyMap<string, string> = new Map([
  ['sessions', 'auth'],
  ['keys', 'auth'],
  ['audit', 'auth'],
  ['anomalies', 'auth'],
]);

/** The services behind this gateway. */
export const SERVICES: readonly string[] = [...new Set(SERVICE_OF_PREFIX.values())];

/**
 * The path as the services' routers could understand it at most: unreserved escapes decoded, dot segments and
 * double slashes resolved. For matching only; what is forwarded is the target as it came. `%2F` stays: it
 * separates nothing, neither here nor there.
 */
export function normalisePath(target: string): string {
  const path = pathOf(target);
  if (!path.includes('%') && !path.includes('//') && !path.includes('/.')) return path;
  const decoded = path.replaceAll(/%(?!2f)[0-9a-f]{2}/gi, (escape) => decodeAscii(escape));
  const segments: string[] = [];
  for (const segment of decoded.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return `/${segments.join('/')}`;
}

/** Which services besides answer what, by the first segment of the path. */
export type OtherRoutes = ReadonlyMap<string, string>;

const NO_OTHERS: OtherRoutes = new Map();
/** First segments that are the platform's own, whether or not something is there. */
const TAKEN: ReadonlySet<string> = new Set([
  ...[...SERVICE_OF_PREFIX.keys(), 'platform', 'internal', 'docs'],
  ...['livez', 'readyz', 'healthz', 'metrics'],
]);

/** Whether the first segment of a path is the platform's own. */
export function isTaken(segment: string): boolean {
  return TAKEN.has(segment);
}

/** The service that answers a target; `undefined` if none does. */
export function serviceOf(target: string, others = NO_OTHERS): string | undefined {
  const [first = '', second = ''] = segmentsOf(normalisePath(target));
  const service =
    first === 'platform'
      ? SERVICE_OF_OPERATION.get(second)
      : (SERVICE_OF_PREFIX.get(first) ?? others.get(first));
  // Read literally, dot segments included, it must not name what is internal either.
  return service !== undefined && isInternal(pathOf(target)) ? undefined : service;
}

/** Whether the path of a target has a `.` or `..` between slashes or backslashes, encoded or not. */
export function hasDotSegments(target: string): boolean {
  const path = pathOf(target);
  const decoded = path.includes('%') ? path.replaceAll(/%[0-9a-f]{2}/gi, decodeAscii) : path;
  return /[/\\]\.\.?(?:[/\\]|$)/.test(decoded);
}

function isInternal(path: string): boolean {
  return /^\/*internal(?:\/|$)/i.test(
    path.includes('%') ? path.replaceAll(/%[0-9a-f]{2}/gi, decodeAscii) : path,
  );
}

/** The first two. */
function segmentsOf(path: string): string[] {
  const end = path.indexOf('/', 1);
  if (end === -1) return [path.slice(1)];
  const next = path.indexOf('/', end + 1);
  return [path.slice(1, end), path.slice(end + 1, next === -1 ? undefined : next)];
}

function decodeAscii(escape: string): string {
  const code = Number.parseInt(escape.slice(1), 16);
  return code < 0x80 ? String.fromCharCode(code) : escape;
}
