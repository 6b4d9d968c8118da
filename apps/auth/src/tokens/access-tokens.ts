import { randomUUID } from 'node:crypto';
import { BROWSER_CLIENT_ID, INTERNAL_SCOPE, PUBLIC_CLIENT_ID, type ClientScope } from '@holdfast/contracts';
import type { LiveSession, SessionRecord } from '@holdfast/session-core';
import { claimsAbout, seconds } from '@holdfast/session-nest';
import jsonwebtoken from 'jsonwebtoken';
import type { SigningKey } from '../keys/signing-key.js';

/** How long a program's own token is good for. */
export const SERVICE_TOKEN_TTL_MS = 300_000;

/** Who signs, for whom, and for how long. */
export interface AccessTokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly accessTokenTtlMs: number;
  /** Whether a token says all that a session is, for verifiers without a store. Default: no. */
  readonly selfContained?: boolean;
}

/** Injection token: the `AccessTokenSettings`. */
export const TOKEN_SETTINGS = Symbol('TOKEN_SETTINGS');

/** A signed access token and how long it is good for, in seconds (RFC 6749 5.1). */
export interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Signs access tokens by RFC 9068: ES256, `typ: at+jwt`. They carry no e-mail and no name. */
export class AccessTokens {
  constructor(
    private readonly keys: { readonly active: SigningKey },
    private readonly settings: AccessTokenSettings,
    private readonly clock: { now(): number } = { now: () => Date.now() },
  ) {}

  /** A user's token. It never outlives the session's absolute deadline. */
  forSession({ record }: LiveSession): IssuedToken {
    const untilAt = Math.min(this.clock.now() + this.settings.accessTokenTtlMs, record.expiresAt);
    return this.sign(untilAt, this.claimsAbout(record));
  }

  /** What the tokens of a session say, but for what makes each of them another one (`jti`, `iat`, `exp`). */
  claimsAbout(record: SessionRecord): Readonly<Record<string, unknown>> {
    return {
      ...this.issuer(),
      ...claimsAbout(record),
      client_id: record.cookie === undefined ? PUBLIC_CLIENT_ID : BROWSER_CLIENT_ID,
      ...(this.settings.selfContained && lifetimeOf(record)),
    };
  }

  /** A program's own token, for what its scope opens: no session, no user, 5 minutes. */
  forClient(clientId: string, scope: ClientScope): IssuedToken {
    const claims = { sub: clientId, client_id: clientId, scope };
    return this.sign(this.clock.now() + SERVICE_TOKEN_TTL_MS, claims);
  }

  /** The token of this service itself, for the internal routes of others. */
  forService(): string {
    return this.forClient('auth', INTERNAL_SCOPE).token;
  }

  private issuer() {
    const { issuer: iss, audience: aud } = this.settings;
    return { iss, aud };
  }

  private sign(untilAt: number, claims: object): IssuedToken {
    const { kid, privateKey } = this.keys.active;
    const iat = seconds(this.clock.now());
    const exp = Math.max(seconds(untilAt), iat);
    const said = { ...this.issuer(), ...claims, jti: randomUUID(), iat, exp };
    const token = jsonwebtoken.sign(said, privateKey, {
      header: { alg: 'ES256', typ: 'at+jwt', kid },
    });
    return { token, expiresInSeconds: exp - iat };
  }
}

/** Private claims (RFC 7519 4.3), only where a verifier has nowhere else to learn it. */
function lifetimeOf({ createdAt, expiresAt, epoch, rememberMe }: SessionRecord): object {
  return {
    session_iat: seconds(createdAt),
    session_exp: seconds(expiresAt),
    ...(epoch > 0 && { session_epoch: epoch }),
    ...(rememberMe && { remember_me: true }),
  };
}
