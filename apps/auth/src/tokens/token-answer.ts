import type { tokenAnswerSchema } from '@holdfast/contracts';
import type { LiveSession } from '@holdfast/session-core';
import type { z } from 'zod';
import type { IssuedToken } from './access-tokens.js';

/** RFC 6749 5.1 for a session and its newest refresh token. */
export function tokenAnswer(
  session: LiveSession,
  refreshToken: string,
  { token, expiresInSeconds }: IssuedToken,
): z.infer<typeof tokenAnswerSchema> {
  return {
    access_token: token,
    token_type: 'Bearer',
    expires_in: expiresInSeconds,
    refresh_token: refreshToken,
    // Both times are of the store's clock: this process's may differ.
    refresh_expires_in: Math.floor((session.idleExpiresAt - session.lastSeenAt) / 1000),
    sessionId: session.record.sessionId,
  };
}
