const NAME = '__Host-session';

/** A change of the session's cookie: its new value, or `undefined` where it was cleared. */
export interface CookieChange {
  readonly value: string | undefined;
}

/**
 * What an answer does to the session's cookie; `undefined` where it says nothing of it. As a browser does, it ignores a cookie that
 * breaks the rules of its prefix: `Secure`, `Path=/`, no `Domain` (RFC 6265bis, 4.1.3.2). Plain HTTP on the loopback address
 * counts as secure.
 */
export function cookieChange(headers: Headers): CookieChange | undefined {
  const changes = headers.getSetCookie().flatMap((line) => {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    if (!pair.startsWith(`${NAME}=`)) return [];
    const names = attributes.map((attribute) => attribute.toLowerCase());
    const isHost = names.includes('secure') && names.includes('path=/');
    if (!isHost || names.some((name) => name.startsWith('domain='))) return [];
    return [{ value: names.some(hasPassed) ? undefined : pair.slice(NAME.length + 1) }];
  });
  return changes.at(-1);
}

/** The request header that shows a cookie. */
export function cookieHeader(value: string): { readonly cookie: string } {
  return { cookie: `${NAME}=${value}` };
}

function hasPassed(attribute: string): boolean {
  const [name, value = ''] = attribute.split(/=(.*)/);
  return (
    (name === 'max-age' && Number(value) <= 0) || (name === 'expires' && Date.parse(value) <= Date.now())
  );
}
