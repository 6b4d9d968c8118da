import { types } from 'node:util';
import { describeError } from './describe-error.js';
import { scrub } from './scrub.js';

/** Members that are never written, wherever they stand, in lower case. Nothing logs them: this is the net under it. */
const SECRETS: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'set-cookie',
  'headers',
  'rawheaders',
  'query',
  'body',
  'rawbody',
  'email',
  'password',
  'newpassword',
  'access_token',
  'accesstoken',
  'refresh_token',
  'refreshtoken',
  'client_secret',
  'token',
  'secret',
]);
/** Members that a serializer of the logger writes. */
const SERIALIZED: ReadonlySet<string> = new Set(['err', 'req', 'res']);
const DEEPEST = 5;
const MOST_ENTRIES = 50;

/**
 * The members of a log line as they may be written: secrets by name as `[secret]`, texts without what looks like one
 * (see `scrub`), errors without the values that caused them, instances of classes by their name only.
 */
export function withoutSecrets(members: object): Record<string, unknown> {
  return entriesOf(members, ([name, value]) => (SERIALIZED.has(name) ? value : clean(value, 1)));
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value !== 'object' || value === null) return value;
  if (types.isNativeError(value)) return describeError(value);
  if (value instanceof Date) return value;
  if (depth >= DEEPEST) return '[deep]';
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map((entry) => clean(entry, depth + 1));
  return isPlain(value)
    ? entriesOf(value, ([, member]) => clean(member, depth + 1))
    : `[${value.constructor.name}]`;
}

function entriesOf(members: object, cleaned: (entry: [string, unknown]) => unknown): Record<string, unknown> {
  const kept = Object.entries(members).slice(0, MOST_ENTRIES);
  return Object.fromEntries(
    kept.map(([name, value]) => [
      name,
      SECRETS.has(name.toLowerCase()) ? '[secret]' : cleaned([name, value]),
    ]),
  );
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
