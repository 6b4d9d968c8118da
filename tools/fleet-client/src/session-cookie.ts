const NAME = '__Host-session';
/** What the session's client carries of its data, with the strategy `token`. */
const DATA_NAME = '__Host-session-data';

/** A change of a cookie of the session's: its new value, or `undefined` where it was cleared. */
export interface CookieChange {
  readonly value: string | undefined;
}

/**
 * What an answer does to the session's cookie; `undefined` where it says nothing of it. As a browser does, it ignores a cookie that
 * breaks the rules of its prefix: `Secure`, `Path=/`, no `Domain` (RFC 6265bis, 4.1.3.2). Plain HTTP on the loopback address
 * counts as secure.
 */
export function cookieChange(headers: Headers): CookieChange | undefined {
  return changeOf(NAME, headers);
}

/** The same of the cookie in which a browser carries the session's data. */
export function dataCookieChange(headers: Headers): CookieChange | undefined {
  return changeOf(DATA_NAME, headers);
}

function changeOf(name: string, headers: Headers): CookieChange | undefined {
  const changes = headers.getSetCookie().flatMap((line) => {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    if (!pair.startsWith(`${name}=`)) return [];
    const names = attributes.map((attribute) => attribute.toLowerCase());
    const isHost = names.includes('secure') && names.includes('path=/');
    if (!isHost || names.some((name) => name.startsWith('domain='))) return [];
    return [{ value: names.some(hasPassed) ? undefined : pair.slice(name.length + 1) }];
  });
  return changes.at(-1);
}

/** The request header that shows a cookie, and the session's data beside it if there is any. */
export function cookieHeader(value: string, data?: string): { readonly cookie: string } {
  return { cookie: `${NAME}=${value}${data === undefined ? '' : `; ${DATA_NAME}=${data}`}` };
}

function hasPassed(attribute: string): boolean {
  const [name, value = ''] = attribute.split(/=(.*)/);
  return (
    (name === 'max-age' && Number(value) <= 0) || (name === 'expires' && Date.parse(value) <= Date.now())
  );
}
