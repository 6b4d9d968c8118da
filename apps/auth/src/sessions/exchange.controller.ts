import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { exchangeBody, type exchangeAnswerSchema } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { EndedSessionError, Internal, UnauthenticatedError } from '@holdfast/session-nest';
import type { z } from 'zod';
import { AccessTokens } from '../tokens/access-tokens.js';

/** Swaps a browser's cookie for an access token, for the gateway alone: no token reaches JavaScript, no cookie a service. */
@Internal('gateway')
@Controller('internal/sessions')
export class ExchangeController {
  constructor(
    private readonly sessions: SessionManager,
    private readonly tokens: AccessTokens,
  ) {}

  /** The token says what the cookie may: one that a rotation has left behind is good for what it was before. */
  @Post('exchange')
  @HttpCode(200)
  async exchange(
    @Body({ schema: exchangeBody }) { cookie }: z.output<typeof exchangeBody>,
  ): Promise<z.infer<typeof exchangeAnswerSchema>> {
    const found = await this.sessions.resolveCookie(cookie);
    if (found.state === 'ended') {
      throw new EndedSessionError(found, this.sessions.sessionOfCookie(cookie));
    }
    if (found.state === 'absent')
      throw new UnauthenticatedError('The cookie is not one of ours, or no longer.');
    // Read before the token is signed: what this says is never later than what the token says.
    const nowSeconds = Math.floor(Date.now() / 1000);
    const { token, expiresInSeconds } = this.tokens.forSession(found);
    return {
      accessToken: token,
      expiresAt: new Date((nowSeconds + expiresInSeconds) * 1000).toISOString(),
      sessionId: found.record.sessionId,
      version: found.record.version,
    };
  }
}
