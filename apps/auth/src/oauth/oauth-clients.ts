import { createHash, timingSafeEqual } from 'node:crypto';
import { PUBLIC_CLIENT_ID } from '@holdfast/contracts';
import { basicCredentials, isBasic } from './basic-credentials.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm, OAuthRequest } from './oauth-form.js';

/** Who asks: everybody's public client, or a service that has shown its secret. */
export type OAuthClient = { readonly kind: 'public' } | { readonly kind: 'service'; readonly id: string };

/** Stands for every client that is not there, so that its secret is looked at like any other. */
const NOBODY = Buffer.alloc(32);

/** The OAuth clients and how they say who they are (RFC 6749 2.3). */
export class OAuthClients {
  private readonly hashes: ReadonlyMap<string, Buffer>;

  /** @param services - the SHA-256 of each service's secret, base64url, by the service's name */
  constructor(services: ReadonlyMap<string, string>) {
    const entries = [...services].map(([id, hash]) => [id, Buffer.from(hash, 'base64url')] as const);
    this.hashes = new Map(entries);
  }

  /** The client of a request, which says who it is in one way only: by HTTP Basic, or by the bare `client_id` of a public one. */
  identify(request: OAuthRequest, form: OAuthForm): OAuthClient | OAuthRefusal {
    const { client_id: named, client_secret: posted } = form;
    if (isBasic(request.headers.authorization)) {
      const service = this.service(request);
      if (service instanceof OAuthRefusal) return service;
      const isOne = posted === undefined && (named === undefined || named === service.id);
      return isOne ? service : OAuthRefusal.of('invalid_request', 'The client says twice who it is');
    }
    if (posted !== undefined) return OAuthRefusal.of('invalid_client', 'A secret is sent by HTTP Basic only');
    if (!named) return OAuthRefusal.of('invalid_request', 'client_id is missing');
    return named === PUBLIC_CLIENT_ID
      ? { kind: 'public' }
      : OAuthRefusal.of('invalid_client', 'Unknown client, or one that has to authenticate');
  }

  /** A service by its secret. Refused in the same way and the same time whether there is none of that name or the secret is wrong. */
  service({ headers }: OAuthRequest): (OAuthClient & { readonly kind: 'service' }) | OAuthRefusal {
    const { id = '', secret = '' } = basicCredentials(headers.authorization) ?? {};
    const expected = this.hashes.get(id);
    const isRight = timingSafeEqual(createHash('sha256').update(secret).digest(), expected ?? NOBODY);
    return isRight && expected !== undefined
      ? { kind: 'service', id }
      : OAuthRefusal.of('invalid_client', 'A service authenticates by HTTP Basic with its id and secret');
  }
}
