import { sessionCookie, type cookieAnswerSchema, type tokenAnswerSchema } from '@holdfast/contracts';
import type { SessionGrant, SessionRecord } from '@holdfast/session-core';
import type { ActiveSession } from '@holdfast/session-nest';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { AccessTokens } from '../tokens/access-tokens.js';
import { tokenAnswer } from '../tokens/token-answer.js';
import { forgetInBrowser } from './browser-cookies.js';

/** What a sign-in, a guest or a step-up is answered with. */
export type GrantAnswer = z.infer<typeof tokenAnswerSchema> | z.infer<typeof cookieAnswerSchema>;

/** Hands a session to its client by its transport: tokens in the body, or a cookie that no script reads. */
@Injectable()
export class GrantAnswers {
  constructor(private readonly tokens: AccessTokens) {}

  /** @param replaced - the session that came along and has ended for this one */
  answer(grant: SessionGrant, reply: FastifyReply, replaced?: ActiveSession): GrantAnswer {
    // RFC 6749 5.1, besides the no-store that every answer has.
    reply.header('pragma', 'no-cache');
    const { session } = grant;
    if (grant.transport === 'bearer') {
      // Nothing overwrites its cookie, and a request with both would be refused.
      if (replaced) forgetInBrowser(replaced, reply);
      return tokenAnswer(session, grant.refreshToken, this.tokens.forSession(session));
    }
    const { sessionId, expiresAt } = session.record;
    reply.header('set-cookie', sessionCookie(grant.cookie, maxAgeSeconds(session.record)));
    return { sessionId, expiresAt: new Date(expiresAt).toISOString() };
  }
}

/** To the absolute deadline for who wants to be remembered; else the browser drops the cookie when it is closed. */
function maxAgeSeconds({ rememberMe, expiresAt, authTimeAt }: SessionRecord): number | undefined {
  // A grant follows a proof, so that this is the store's now: this process's may differ.
  return rememberMe ? Math.max(Math.floor((expiresAt - authTimeAt) / 1000), 1) : undefined;
}
