import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const VALID = /^[A-Za-z0-9._-]{1,128}$/;

/** The id of a request: the client's `x-request-id` if it is valid (1 to 128 of `A-Za-z0-9._-`), else a new UUID. */
export function requestIdFrom({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && VALID.test(given) ? given : randomUUID();
}
