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
  if (!/^[A-Za-z0-9_-]+$/.test(value)) throw new TypeError('A session cookie is base64url.');
  const cookie = `${SESSION_COOKIE}=${value}; ${ATTRIBUTES}`;
  if (maxAgeSeconds === undefined) return cookie;
  if (!Number.isSafeInteger(maxAgeSeconds) || maxAgeSeconds < 1) {
    throw new TypeError('The age of a session cookie is a whole number of seconds, at least 1.');
  }
  return `${cookie}; Max-Age=${maxAgeSeconds}`;
}

/** The `Set-Cookie` value that takes the session's cookie out of a browser. */
export function clearedSessionCookie(): string {
  return `${SESSION_COOKIE}=; ${ATTRIBUTES}; Max-Age=0`;
}
