import type { serviceTokenAnswerSchema, tokenAnswerSchema } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { AccessTokens } from '../tokens/access-tokens.js';
import type { ConfidentialClient, OAuthClient } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm } from './oauth-form.js';
import { RefreshGrant } from './refresh-grant.js';

/** RFC 6749 5.1. */
export type TokenAnswer = z.infer<typeof tokenAnswerSchema> | z.infer<typeof serviceTokenAnswerSchema>;

/** The grants of the token endpoint: each is for one kind of client. */
@Injectable()
export class TokenEndpoint {
  constructor(
    private readonly refresh: RefreshGrant,
    private readonly tokens: AccessTokens,
  ) {}

  async grant(client: OAuthClient, form: OAuthForm, address: string): Promise<TokenAnswer | OAuthRefusal> {
    switch (form['grant_type']) {
      case 'refresh_token':
        return client.kind === 'public' ? this.refresh.exchange(form, address) : notForThisClient();
      case 'client_credentials':
        return client.kind === 'confidential' ? this.clientToken(client, form) : notForThisClient();
      case undefined:
      case '':
        return OAuthRefusal.of('invalid_request', 'grant_type is missing');
      default:
        return OAuthRefusal.of(
          'unsupported_grant_type',
          'Only refresh_token and client_credentials are supported',
        );
    }
  }

  /** The client_credentials grant (RFC 6749 4.4): a token of the program itself, without anything to refresh it. */
  private clientToken({ id, scope }: ConfidentialClient, form: OAuthForm): TokenAnswer | OAuthRefusal {
    const { scope: asked } = form;
    if (asked && asked !== scope) {
      return OAuthRefusal.of('invalid_scope', `The only scope of this client is ${scope}`);
    }
    const { token, expiresInSeconds } = this.tokens.forClient(id, scope);
    return { access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds, scope };
  }
}

function notForThisClient(): OAuthRefusal {
  return OAuthRefusal.of('unauthorized_client', 'This grant is not for this client');
}
