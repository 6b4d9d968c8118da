import { createPrivateKey, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';

/** Members that a test changes; `undefined` leaves one out. */
type Members = Readonly<Record<string, unknown>>;

const segment = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs tokens, good and bad ones, by hand: a library would refuse to make the bad ones. */
export class TokenMint {
  readonly kid = randomUUID();
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  constructor(
    private readonly issuer: string,
    private readonly audience: string,
    private readonly now: () => number = Date.now,
  ) {}

  get publicKey(): KeyObject {
    return this.#pair.publicKey;
  }

  get jwk(): Record<string, unknown> {
    return { ...this.publicKey.export({ format: 'jwk' }), kid: this.kid, alg: 'ES256', use: 'sig' };
  }

  userClaims(userId: string, sessionId: string, changes: Members = {}): Members {
    const iat = Math.floor(this.now() / 1000);
    const times = { iat, exp: iat + 300, auth_time: iat };
    const who = { sub: userId, sid: sessionId, client_id: 'holdfast-cli', jti: randomUUID() };
    return { iss: this.issuer, aud: this.audience, ...who, ...times, acr: '1', roles: ['user'], ...changes };
  }

  serviceClaims(service: string, changes: Members = {}): Members {
    const iat = Math.floor(this.now() / 1000);
    const who = { sub: service, client_id: service, scope: 'internal', jti: randomUUID() };
    return { iss: this.issuer, aud: this.audience, ...who, iat, exp: iat + 60, ...changes };
  }

  sign(claims: Members, header: Members = {}, key: KeyObject = this.#pair.privateKey): string {
    const head = segment({ alg: 'ES256', typ: 'at+jwt', kid: this.kid, ...header });
    return this.signInput(`${head}.${segment(claims)}`, key);
  }

  /** A genuine signature over any signing input, well-formed or not. */
  signInput(input: string, key: KeyObject = this.#pair.privateKey): string {
    const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }

  /** A token with a header and a signature of any kind. */
  raw(claims: Members, header: Members, signature: (input: string) => string): string {
    const input = `${segment({ typ: 'at+jwt', kid: this.kid, ...header })}.${segment(claims)}`;
    return `${input}.${signature(input)}`;
  }

  /** Another key of the same kind that is not ours. */
  foreignKey(): KeyObject {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  }
}
