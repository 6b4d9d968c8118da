import { createHash, timingSafeEqual } from 'node:crypto';
import { PUBLIC_CLIENT_ID, type ClientScope } from '@holdfast/contracts';
import { basicCredentials, isBasic } from './basic-credentials.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm, OAuthRequest } from './oauth-form.js';

/** A program that has shown its secret, and the one scope that its tokens have. */
export interface ConfidentialClient {
  readonly kind: 'confidential';
  readonly id: string;
  readonly scope: ClientScope;
}

/** Who asks: everybody's public client, or a program that acts for itself. */
export type OAuthClient = { readonly kind: 'public' } | ConfidentialClient;

/** What is known of a confidential client: the SHA-256 of its secret, base64url, and its scope. */
export interface RegisteredClient {
  readonly hash: string;
  readonly scope: ClientScope;
}

/** Stands for every client that is not there, so that its secret is looked at like any other. */
const NOBODY = Buffer.alloc(32);

/** The OAuth clients and how they say who they are (RFC 6749 2.3). */
export class OAuthClients {
  /** @param registered - the confidential clients by their ids */
  constructor(private readonly registered: ReadonlyMap<string, RegisteredClient>) {}

  /** The client of a request, which says who it is in one way only: by HTTP Basic, or by the bare `client_id` of a public one. */
  identify(request: OAuthRequest, form: OAuthForm): OAuthClient | OAuthRefusal {
    const { client_id: named, client_secret: posted } = form;
    if (isBasic(request.headers.authorization)) {
      const client = this.confidential(request);
      if (client instanceof OAuthRefusal) return client;
      const isOne = posted === undefined && (named === undefined || named === client.id);
      return isOne ? client : OAuthRefusal.of('invalid_request', 'The client says twice who it is');
    }
    if (posted !== undefined) return OAuthRefusal.of('invalid_client', 'A secret is sent by HTTP Basic only');
    if (!named) return OAuthRefusal.of('invalid_request', 'client_id is missing');
    return named === PUBLIC_CLIENT_ID
      ? { kind: 'public' }
      : OAuthRefusal.of('invalid_client', 'Unknown client, or one that has to authenticate');
  }

  /** A program by its secret. Refused in the same way and the same time whether there is none of that name or the secret is wrong. */
  confidential({ headers }: OAuthRequest): ConfidentialClient | OAuthRefusal {
    const { id = '', secret = '' } = basicCredentials(headers.authorization) ?? {};
    const known = this.registered.get(id);
    const expected = known === undefined ? NOBODY : Buffer.from(known.hash, 'base64url');
    const isRight = timingSafeEqual(createHash('sha256').update(secret).digest(), expected);
    return isRight && known !== undefined
      ? { kind: 'confidential', id, scope: known.scope }
      : OAuthRefusal.of('invalid_client', 'A program authenticates by HTTP Basic with its id and secret');
  }
}
