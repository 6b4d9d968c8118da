import { createPublicKey, generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { METRICS_CLIENT_ID, METRICS_SCOPE } from '@holdfast/contracts';
import type { RefreshKeyRing, SessionRecord } from '@holdfast/session-core';
import { SignJWT, type JWTPayload } from 'jose';

const KEY_ID = 'test-key';

/** What of auth the other services' tests need: tokens (RFC 9068), and the key for them, as a `JwksSource` gives it. */
export class TestIssuer {
  readonly #privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  readonly #publicKey = createPublicKey(this.#privateKey);

  /** With these a session manager may begin sessions. */
  readonly refreshKeys: RefreshKeyRing = {
    activeKeyId: 'test',
    keys: { test: randomBytes(32).toString('base64url') },
  };

  /** @param url - the issuer that tokens name: `TOKEN_ISSUER` of the services */
  constructor(readonly url: string) {}

  /** The public key, if it is asked for by its id. */
  getKey(keyId: string): Promise<KeyObject | undefined> {
    return Promise.resolve(keyId === KEY_ID ? this.#publicKey : undefined);
  }

  /** An access token of a session, with what its record says now. */
  accessToken(record: SessionRecord): Promise<string> {
    const { sessionId, userId, roles, acr, authTimeAt, steppedUpAt } = record;
    return this.#sign(userId, {
      sid: sessionId,
      client_id: 'test',
      roles,
      acr: String(acr),
      auth_time: seconds(authTimeAt),
      ...(steppedUpAt !== undefined && { step_up_time: seconds(steppedUpAt) }),
    });
  }

  /** The token of a service, `auth`, `gateway` or any other, as auth issues it for client credentials. */
  serviceToken(service: string): Promise<string> {
    return this.#sign(service, { client_id: service, scope: 'internal' });
  }

  /** The token of who collects metrics. */
  metricsToken(): Promise<string> {
    return this.#sign(METRICS_CLIENT_ID, { client_id: METRICS_CLIENT_ID, scope: METRICS_SCOPE });
  }

  #sign(subject: string, claims: JWTPayload): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: KEY_ID })
      .setIssuer(this.url)
      .setAudience('holdfast')
      .setSubject(subject)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(this.#privateKey);
  }
}

/** JWT times are whole seconds. */
function seconds(atMs: number): number {
  return Math.floor(atMs / 1000);
}
