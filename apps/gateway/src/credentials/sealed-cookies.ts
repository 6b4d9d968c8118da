import type { Confirmed, CookieLookup, RoutePolicy, SessionLookup } from '@holdfast/session-core';
import type { AccessTokenClaims, AccessTokenVerifier } from '@holdfast/session-nest';
import { LONGEST_CREDENTIAL, looksSealed } from '@holdfast/session-token';
import type { CookieExchange } from './cookie-exchange.js';
import type { CookieSessions } from './credential-gate.js';

const ABSENT = { state: 'absent' } as const;

/**
 * Cookies that hold their session themselves (strategy `token`): only auth has the key that opens them. So what one
 * opens is what auth swaps it for, which is kept as long as any swapped token: a token's life after the account was
 * disabled, or has other roles, it notices.
 */
export class SealedCookies implements CookieSessions {
  constructor(
    private readonly exchange: Pick<CookieExchange, 'authorizationFor'>,
    private readonly verifier: Pick<AccessTokenVerifier, 'verify'>,
  ) {}

  /** Rejects where auth cannot be asked. */
  async resolveCookie(cookie: string, requestId: string): Promise<CookieLookup> {
    if (!looksSealed(cookie, LONGEST_CREDENTIAL)) return ABSENT;
    const authorization = await this.exchange.authorizationFor(cookie, undefined, requestId);
    const claims = await this.verifier.verify(authorization?.slice('Bearer '.length) ?? '');
    return claims?.kind === 'session' && claims.lifetime ? sessionOf(claims, claims.lifetime) : ABSENT;
  }

  async confirmCookie(cookie: string, _policy: RoutePolicy, requestId: string): Promise<Confirmed> {
    return { found: await this.resolveCookie(cookie, requestId), ageMs: 0 };
  }

  /** Nobody knows more of a session than its credentials say. */
  async resolve(): Promise<SessionLookup> {
    return ABSENT;
  }

  /** Only opening it would say. */
  sessionOfCookie(): undefined {
    return undefined;
  }
}

/** What a token says, as if there were a record of it. */
function sessionOf(
  { sessionId, userId, roles, acr, authTimeAt, steppedUpAt }: AccessTokenClaims,
  { createdAt, expiresAt, epoch }: NonNullable<AccessTokenClaims['lifetime']>,
): CookieLookup {
  return {
    state: 'live',
    record: {
      ...{ sessionId, userId, roles, acr, authTimeAt, createdAt, expiresAt, epoch },
      ...(steppedUpAt !== undefined && { steppedUpAt }),
      client: { ip: '', userAgent: '' },
      authzVersion: 0,
      idleTimeoutMs: expiresAt - createdAt,
      version: 1,
    },
    lastSeenAt: createdAt,
    idleExpiresAt: expiresAt,
  };
}
