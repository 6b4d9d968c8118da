import { randomUUID, type KeyObject } from 'node:crypto';
import { systemClock, type Clock, type LiveSession } from '@holdfast/session-core';
import jsonwebtoken from 'jsonwebtoken';
import { claimsAbout, seconds } from './access-token-claims.js';
import type { JwksSource } from './jwks-source.js';
import { OwnSigningKey } from './own-signing-key.js';

/** What an `AccessTokenSigner` needs. */
export interface AccessTokenSignerOptions {
  /** `iss`: who signs. */
  readonly issuer: string;
  /** `aud`: whom it is for. */
  readonly audience: string;
  /** A P-256 private key, or its PEM; the same in every process. */
  readonly key: string | KeyObject;
  /** `client_id` of the tokens. Default: the audience. */
  readonly clientId?: string;
  /** How long a token is good for, in milliseconds; never longer than its session may live. Default 5 minutes. */
  readonly ttlMs?: number;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * Signs access tokens of sessions by RFC 9068 (ES256, `typ: at+jwt`), and says how they are verified: it can be
 * handed to `AccessTokenVerifier` and `SessionModule.forRoot`. For an application that is its own authorisation server.
 */
export class AccessTokenSigner {
  readonly issuer: string;
  readonly audience: string;
  /** Knows the one public key. */
  readonly keys: JwksSource;
  readonly #key: OwnSigningKey;
  readonly #options: AccessTokenSignerOptions;

  /** @throws TypeError unless the key is a P-256 private key */
  constructor(options: AccessTokenSignerOptions) {
    this.#options = options;
    this.#key = new OwnSigningKey(options.key);
    this.issuer = options.issuer;
    this.audience = options.audience;
    this.keys = this.#key;
  }

  /** The access token of a session that has begun, was refreshed or stepped up. */
  sign({ record }: LiveSession): string {
    const { issuer, audience, clientId = audience, ttlMs = 300_000, clock = systemClock } = this.#options;
    const now = clock.now();
    const claims = {
      iss: issuer,
      aud: audience,
      client_id: clientId,
      ...claimsAbout(record),
      jti: randomUUID(),
      iat: seconds(now),
      exp: Math.max(seconds(Math.min(now + ttlMs, record.expiresAt)), seconds(now)),
    };
    const { kid, privateKey } = this.#key;
    return jsonwebtoken.sign(claims, privateKey, { header: { alg: 'ES256', typ: 'at+jwt', kid } });
  }
}
