import type { FastifyRequest } from 'fastify';
import { OAuthRefusal } from './oauth-error.js';

/** The parameters of a form, each at most once. */
export type OAuthForm = Readonly<Record<string, string>>;

/** What of a request says who the client is and what it wants. */
export type OAuthRequest = Pick<FastifyRequest, 'headers' | 'body'>;

/** Reads the form of an OAuth request (RFC 6749 3.2): every parameter at most once. */
export function oauthForm({ headers, body }: OAuthRequest): OAuthForm | OAuthRefusal {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');
  if (isForm && typeof body === 'object' && body !== null) {
    const entries = Object.entries(body);
    if (entries.every(isTextEntry)) return Object.fromEntries(entries);
  }
  return OAuthRefusal.of('invalid_request', 'The body must be a form with each parameter at most once');
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
