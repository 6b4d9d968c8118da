import type { RefreshTokens } from './refresh-tokens.js';
import type { LiveSession } from './session.js';
import type { SessionCookies } from './session-cookies.js';
import type { BearerGrant, CookieGrant } from './session-grant.js';
import type { RotationSecret } from './session-store.js';

/** What is to open a session from now on: what the store keeps of it, and what is handed out once it is kept. */
export interface NewCredential {
  readonly kept: { readonly cookieHash?: string; readonly refresh?: RotationSecret };
  grant(session: LiveSession, generation?: number): BearerGrant | CookieGrant;
}

/** A cookie that was never handed out before. */
export function newCookie(cookies: SessionCookies, sessionId: string): NewCredential {
  const { value, hash } = cookies.mint(sessionId);
  return {
    kept: { cookieHash: hash },
    grant: (session) => ({ session, transport: 'cookie', cookie: value }),
  };
}

/** A refresh token that nobody can derive from those before it. */
export function newRefreshToken(refreshTokens: RefreshTokens, sessionId: string): NewCredential {
  const fresh = refreshTokens.fresh(sessionId);
  return {
    kept: { refresh: fresh.secret },
    grant: (session, generation) => ({
      session,
      transport: 'bearer',
      refreshToken: fresh.tokenOf(generation),
    }),
  };
}
