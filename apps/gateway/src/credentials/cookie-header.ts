import type { IncomingMessage } from 'node:http';
import { SESSION_COOKIE } from '@holdfast/contracts';

/**
 * What a request says of its session by cookie. `foul`: something that only looks like our cookie, in another
 * spelling than ours; it is no credential, and no service shall take it for one.
 */
export type SessionCookie =
  | { readonly kind: 'none' }
  | { readonly kind: 'foul' }
  | { readonly kind: 'one'; readonly value: string }
  | { readonly kind: 'several' };

const NONE: SessionCookie = { kind: 'none' };
const FOUL: SessionCookie = { kind: 'foul' };
const SEVERAL: SessionCookie = { kind: 'several' };

const LOWER_NAME = SESSION_COOKIE.toLowerCase();
/** Finds nearly no header that has not got it, and misses none that has. */
const MAY_MENTION = /__host-session|%/i;
const DECODINGS = 3;

/**
 * The session's cookie of a request, by the letter of RFC 6265 5.4: `name=value` between semicolons, the name in our
 * spelling, one `Cookie` line. A second such cookie, or a second line beside it, may be somebody else's.
 */
export function sessionCookieOf({
  headers,
  rawHeaders,
}: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): SessionCookie {
  const { cookie } = headers;
  if (cookie === undefined || !MAY_MENTION.test(cookie)) return NONE;
  const ours = cookie.split(';').filter(mentionsSession);
  if (ours.length === 0) return NONE;
  const values = ours.flatMap((pair) => valueOf(pair) ?? []);
  const [value] = values;
  if (value === undefined) return FOUL;
  return values.length > 1 || cookieLines(rawHeaders) > 1 ? SEVERAL : { kind: 'one', value };
}

/** A `Cookie` line without whatever mentions our cookie, in any spelling; the others as they came. */
export function withoutSessionCookie(line: string): string {
  const others = line.split(';').filter((pair) => !mentionsSession(pair));
  return others.join(';').trim();
}

/** Quoted, padded, in other cases or escaped: there are servers that would read our cookie out of it. */
function mentionsSession(pair: string): boolean {
  const plain = pair.includes('%') ? unescape(pair) : pair;
  return plain.toLowerCase().includes(LOWER_NAME);
}

function valueOf(pair: string): string | undefined {
  const equals = pair.indexOf('=');
  return equals !== -1 && trim(pair.slice(0, equals)) === SESSION_COOKIE
    ? trim(pair.slice(equals + 1))
    : undefined;
}

/** Spaces and tabs only (RFC 9110 5.6.3): there is more that `trim` takes away. By hand: a pattern would try each start of a long run. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start += 1;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** More than once: whoever decodes twice finds nothing either. */
function unescape(text: string): string {
  let decoded = text;
  for (let round = 0; round < DECODINGS; round += 1) {
    decoded = decoded.replaceAll(/%([0-9a-f]{2})/gi, (_escape, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return decoded;
}

function cookieLines(rawHeaders: readonly string[]): number {
  let lines = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 6 && name.toLowerCase() === 'cookie') lines += 1;
  }
  return lines;
}
