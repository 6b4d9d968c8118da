/**
 * Name of the browsers' session cookie. The prefix makes browsers take it only with `Secure`, `Path=/` and no
 * `Domain`, so that no other host of the domain can plant one (RFC 6265bis 4.1.3.2).
 */
export const SESSION_COOKIE = '__Host-session';

const ATTRIBUTES = 'Secure; HttpOnly; SameSite=Lax; Path=/';

/**
 * The `Set-Cookie` value that hands a browser its session. `maxAgeSeconds`: how long the browser keeps it, at least
 * 1; default: until it is closed. @throws TypeError for a value that no cookie can carry, or another age
 */
export function sessionCookie(value: string, maxAgeSeconds?: number): string {
  // What else came in here could end the cookie and begin another attribute or header.
  if (!/^[A-Za-z0-9_.-]+$/.test(value)) throw new TypeError('A session cookie is base64url.');
  return cookieOf(SESSION_COOKIE, value, maxAgeSeconds);
}

function cookieOf(name: string, value: string, maxAgeSeconds?: number): string {
  const cookie = `${name}=${value}; ${ATTRIBUTES}`;
  if (maxAgeSeconds === undefined) return cookie;
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1) {
    throw new TypeError('The age of a session cookie is a whole number of seconds, at least 1.');
  }
  return `${cookie}; Max-Age=${maxAgeSeconds}`;
}

/**
 * Name of the cookie in which a browser carries its session's data, where no store has it (strategy `token`). Of no use
 * without the session's own.
 */
export const SESSION_DATA_COOKIE = '__Host-session-data';

/** The header in which API clients carry the same: they send back what they were last given. */
export const SESSION_DATA_HEADER = 'x-session-data';

/** The `Set-Cookie` value that hands a browser its session's data, as `sessionCookie` does. @throws TypeError as that does */
export function sessionDataCookie(sealed: string, maxAgeSeconds?: number): string {
  if (!/^[A-Za-z0-9_.~-]+$/.test(sealed)) throw new TypeError('Session data is sealed in a cookie.');
  return cookieOf(SESSION_DATA_COOKIE, sealed, maxAgeSeconds);
}

/** The `Set-Cookie` value that takes the session's data out of a browser. */
export function clearedSessionDataCookie(): string {
  return `${SESSION_DATA_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`;
}

/** The `Set-Cookie` value that takes the session's cookie out of a browser. */
export function clearedSessionCookie(): string {
  return `${SESSION_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`;
}
