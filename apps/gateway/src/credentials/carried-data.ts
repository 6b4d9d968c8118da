import type { IncomingMessage } from 'node:http';
import { SESSION_DATA_COOKIE, SESSION_DATA_HEADER } from '@holdfast/contracts';

/** One pair of a `Cookie` line, by the letter: a value that has another spelling than ours is none of ours. */
const COOKIE = new RegExp(`(?:^|;)[ \\t]*${SESSION_DATA_COOKIE}=([\\w.~-]{1,4096})[ \\t]*(?=;|$)`, 'g');
const VALUE = /^[\w.~-]{1,4096}$/;

/**
 * The session's data that a client carries (strategy `token`): a browser in a cookie, anybody else in a header. What
 * comes twice, or in another shape, is none; what it is worth the services judge.
 */
export function carriedData({ headers }: IncomingMessage, hasCookie: boolean): string | undefined {
  if (!hasCookie) {
    const header = headers[SESSION_DATA_HEADER];
    return typeof header === 'string' && VALUE.test(header) ? header : undefined;
  }
  const values = [...(headers.cookie ?? '').matchAll(COOKIE)].map(([, value]) => value);
  return values.length === 1 ? values[0] : undefined;
}
