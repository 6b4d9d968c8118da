import { SessionManager } from '@holdfast/session-core';
import { AccessTokenVerifier } from '@holdfast/session-nest';
import { Injectable } from '@nestjs/common';
import { SessionEnds } from '../sessions/session-ends.js';
import type { OAuthClient } from './oauth-clients.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm } from './oauth-form.js';

/** Token revocation (RFC 7009): any token of a session ends the session, a spent one as well. */
@Injectable()
export class TokenRevocation {
  constructor(
    private readonly sessions: SessionManager,
    private readonly ends: SessionEnds,
    private readonly verifier: AccessTokenVerifier,
  ) {}

  /**
   * A token that is not ours, or no longer good, is no error: there is nothing to revoke (RFC 7009 2.2). Where nobody
   * keeps a record a good one is: `ERR_STRATEGY_UNSUPPORTED`, for no client is to believe that it is over.
   */
  async revoke({ kind }: OAuthClient, { token }: OAuthForm): Promise<OAuthRefusal | undefined> {
    if (kind === 'confidential') {
      return OAuthRefusal.of(
        'unauthorized_client',
        'Only who got a token gives it back: a program got none of these',
      );
    }
    if (!token) return OAuthRefusal.of('invalid_request', 'token is missing');
    const sessionId =
      (await this.sessions.sessionOfRefreshToken(token)) ?? (await this.sessionOfAccessToken(token));
    if (sessionId !== undefined) await this.ends.end(sessionId, 'revoked');
    return undefined;
  }

  private async sessionOfAccessToken(token: string): Promise<string | undefined> {
    const claims = await this.verifier.verify(token);
    if (claims?.kind !== 'session') return undefined;
    const { found } = await this.sessions.confirm(claims, 'critical');
    if (found.state === 'carried') return claims.sessionId;
    // As the guard has it: a token of another user's is none of this session's.
    return found.state === 'live' && found.record.userId === claims.userId ? claims.sessionId : undefined;
  }
}
