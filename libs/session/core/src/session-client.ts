import type { SessionClient } from './session.js';

const MAX_USER_AGENT = 256;

/** The client as a record keeps it: no user agent makes records large. */
export function shortened({ ip, userAgent }: SessionClient): SessionClient {
  return { ip, userAgent: userAgent.slice(0, MAX_USER_AGENT) };
}
