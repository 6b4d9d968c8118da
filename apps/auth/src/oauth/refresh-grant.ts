import type { tokenAnswerSchema } from '@holdfast/contracts';
import { AuditStream } from '@holdfast/service-defaults';
import type { EndedSession } from '@holdfast/session-core';
import { Injectable, Logger } from '@nestjs/common';
import type { z } from 'zod';
import { Ceilings } from '../throttling/ceilings.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { tokenAnswer } from '../tokens/token-answer.js';
import { OAuthRefusal } from './oauth-error.js';
import type { OAuthForm } from './oauth-form.js';
import { Refreshes } from './refreshes.js';

/** The refresh_token grant (RFC 6749 6) with rotation and reuse detection (RFC 9700 4.14.2). */
@Injectable()
export class RefreshGrant {
  private readonly logger = new Logger(RefreshGrant.name);

  constructor(
    private readonly refreshes: Refreshes,
    private readonly tokens: AccessTokens,
    private readonly ceilings: Ceilings,
    private readonly stream: AuditStream,
  ) {}

  /** @param address - who asks, for the ceiling: `ERR_RATE_LIMITED` over it */
  async exchange(
    { refresh_token: refreshToken }: OAuthForm,
    address: string,
  ): Promise<z.infer<typeof tokenAnswerSchema> | OAuthRefusal> {
    if (!refreshToken) return OAuthRefusal.of('invalid_request', 'refresh_token is missing');
    await this.ceilings.take('refresh', address);
    const refreshed = await this.refreshes.refresh(refreshToken);
    if (refreshed.outcome === 'refused') {
      const { ended, theft } = refreshed;
      if (ended && !theft) await this.noteRefusal(refreshToken, ended);
      return OAuthRefusal.ofGrant(ended);
    }
    const { userId, sessionId } = refreshed.session.record;
    this.stream.note({ type: 'session-refreshed', userId, sessionId });
    return tokenAnswer(refreshed.session, refreshed.refreshToken, this.tokens.forSession(refreshed.session));
  }

  /** "Why was I signed out?" Names the session by its public id; the token never reaches a log. */
  private async noteRefusal(refreshToken: string, { because, endedAt }: EndedSession): Promise<void> {
    const sessionId = await this.refreshes.sessionOf(refreshToken);
    const end = { endedBecause: because, endedAt: new Date(endedAt).toISOString() };
    this.logger.log({ msg: 'refused: the session has ended', sessionId, ...end });
  }
}
