import { INTERNAL_SCOPE, PUBLIC_CLIENT_ID, type introspectionAnswerSchema } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import {
  AccessTokenVerifier,
  activeSession,
  type AccessTokenClaims,
  type ActiveSession,
  type ClientTokenClaims,
  type ServiceTokenClaims,
} from '@holdfast/session-nest';
import { Inject, Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { TOKEN_SETTINGS, type AccessTokenSettings } from '../tokens/access-tokens.js';
import type { OAuthClient } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm } from './oauth-form.js';

/** RFC 7662 2.2. */
export type Introspection = z.infer<typeof introspectionAnswerSchema>;

const INACTIVE: Introspection = { active: false };
const seconds = (at: number) => Math.floor(at / 1000);

/**
 * Token introspection (RFC 7662): what an access or a refresh token is good for at this moment, its session looked up.
 * Roles, `acr`, `auth_time` and `step_up_time` are the lesser of token and record, as the services judge them.
 * Whatever is not good is inactive, and nothing is said about why.
 */
@Injectable()
export class TokenIntrospection {
  constructor(
    private readonly sessions: SessionManager,
    private readonly verifier: AccessTokenVerifier,
    @Inject(TOKEN_SETTINGS) private readonly settings: AccessTokenSettings,
  ) {}

  async introspect(client: OAuthClient, { token }: OAuthForm): Promise<Introspection | OAuthRefusal> {
    if (client.kind === 'public' || client.scope !== INTERNAL_SCOPE)
      return OAuthRefusal.of('unauthorized_client', 'Tokens are explained to services of the platform only');
    if (!token) return OAuthRefusal.of('invalid_request', 'token is missing');
    const sessionId = await this.sessions.sessionOfRefreshToken(token);
    if (sessionId !== undefined) return this.ofRefreshToken(token);
    const claims = await this.verifier.verify(token);
    // The verifier lets clocks differ by seconds; an expiry that is over is over here (RFC 7662 2.2).
    if (claims === undefined || claims.expiresAt <= Date.now()) return INACTIVE;
    return claims.kind === 'session' ? this.ofSession(claims) : this.ofProgram(claims);
  }

  /** Only the newest token of its session: a spent one is good for a retry at most, which is no use of it. */
  private async ofRefreshToken(token: string): Promise<Introspection> {
    const live = await this.sessions.peekRefresh(token);
    if (live === undefined) return INACTIVE;
    const { record, idleExpiresAt } = live;
    const { sessionId, userId, roles, acr, authTimeAt, steppedUpAt } = record;
    return {
      active: true,
      iss: this.settings.issuer,
      client_id: PUBLIC_CLIENT_ID,
      exp: seconds(idleExpiresAt),
      ...ofUser({ sessionId, userId, roles, acr, authTimeAt, steppedUpAt }),
    };
  }

  private async ofSession(claims: AccessTokenClaims): Promise<Introspection> {
    const { found } = await this.sessions.confirm(claims, 'critical');
    if (found.state === 'ended' || found.state === 'absent') return INACTIVE;
    if (found.state === 'live' && found.record.userId !== claims.userId) return INACTIVE;
    return { ...this.ofAccessToken(claims), ...ofUser(activeSession(claims, found)) };
  }

  private ofProgram(claims: ServiceTokenClaims | ClientTokenClaims): Introspection {
    const scope = claims.kind === 'client' ? claims.scope : INTERNAL_SCOPE;
    return { ...this.ofAccessToken(claims), sub: claims.clientId, scope };
  }

  private ofAccessToken({ clientId, tokenId, expiresAt }: Omit<ServiceTokenClaims, 'kind'>) {
    const { issuer: iss, audience: aud } = this.settings;
    const issued = { iss, aud, client_id: clientId, jti: tokenId, exp: seconds(expiresAt) };
    return { active: true, token_type: 'Bearer', ...issued } as const;
  }
}

type UserClaims = Pick<ActiveSession, 'sessionId' | 'userId' | 'roles' | 'acr' | 'authTimeAt'> & {
  readonly steppedUpAt?: number | undefined;
};

function ofUser({ sessionId: sid, userId: sub, roles, acr, authTimeAt, steppedUpAt }: UserClaims) {
  return {
    sub,
    sid,
    roles: [...roles],
    acr: String(acr),
    auth_time: seconds(authTimeAt),
    ...(steppedUpAt !== undefined && { step_up_time: seconds(steppedUpAt) }),
  };
}
