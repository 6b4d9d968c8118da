import type { tokenAnswerSchema } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { Injectable, Logger } from '@nestjs/common';
import type { z } from 'zod';
import { AccessTokens } from '../tokens/access-tokens.js';
import { tokenAnswer } from '../tokens/token-answer.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm } from './oauth-form.js';

/** The refresh_token grant (RFC 6749 6) with rotation and reuse detection (RFC 9700 4.14.2). */
@Injectable()
export class TokenGrant {
  private readonly logger = new Logger(TokenGrant.name);

  constructor(
    private readonly sessions: SessionManager,
    private readonly tokens: AccessTokens,
  ) {}

  async exchange(form: OAuthForm): Promise<z.infer<typeof tokenAnswerSchema> | OAuthRefusal> {
    const { grant_type: grantType, refresh_token: refreshToken } = form;
    if (!grantType) return OAuthRefusal.of('invalid_request', 'grant_type is missing');
    if (grantType !== 'refresh_token') {
      return OAuthRefusal.of('unsupported_grant_type', 'Only refresh_token is supported');
    }
    if (!refreshToken) return OAuthRefusal.of('invalid_request', 'refresh_token is missing');
    const refreshed = await this.sessions.refresh(refreshToken);
    if (refreshed.outcome === 'refused') {
      if (refreshed.theft) this.reportTheft(refreshToken);
      return OAuthRefusal.ofGrant(refreshed.ended);
    }
    const { session, refreshToken: successor } = refreshed;
    return tokenAnswer(session, successor, this.tokens.forSession(session));
  }

  /** Names the session by its public id; the token never reaches a log. */
  private reportTheft(refreshToken: string): void {
    const sessionId = this.sessions.sessionOfRefreshToken(refreshToken);
    this.logger.warn({ msg: 'A spent refresh token came back: its session has been ended', sessionId });
  }
}
