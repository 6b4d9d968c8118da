import { PUBLIC_CLIENT_ID } from '@holdfast/contracts';
import type { FastifyRequest } from 'fastify';
import { OAuthRefusal } from './oauth-error.js';

/** The parameters of a form that our client sent, each at most once. */
export type OAuthForm = Readonly<Record<string, string>>;

/** Reads the form of an OAuth request (RFC 6749 3.2, 2.3): who is the client, is every parameter there once. */
export function oauthForm(request: Pick<FastifyRequest, 'headers' | 'body'>): OAuthForm | OAuthRefusal {
  const form = parameters(request);
  if (form === undefined) {
    return OAuthRefusal.of('invalid_request', 'The body must be a form with each parameter at most once');
  }
  if (/^basic\b/i.test(request.headers.authorization ?? '')) {
    return OAuthRefusal.of('invalid_client', 'The client is public: it sends client_id in the form');
  }
  if (!form['client_id']) return OAuthRefusal.of('invalid_request', 'client_id is missing');
  if (form['client_id'] !== PUBLIC_CLIENT_ID) return OAuthRefusal.of('invalid_client', 'Unknown client');
  return form;
}

function parameters({ headers, body }: Pick<FastifyRequest, 'headers' | 'body'>): OAuthForm | undefined {
  const isForm = /^application\/x-www-form-urlencoded\s*(;|$)/i.test(headers['content-type'] ?? '');
  if (!isForm || typeof body !== 'object' || body === null) return undefined;
  const entries = Object.entries(body);
  return entries.every(isTextEntry) ? Object.fromEntries(entries) : undefined;
}

function isTextEntry(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === 'string';
}
