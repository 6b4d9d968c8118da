import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** A public key as JWKS publishes it (RFC 7517, RFC 7518 6.2.1). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** A P-256 key pair with its id, the RFC 7638 thumbprint of the public part. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly publicJwk: PublicJwk;
}

/** The key pair of a private JWK. The public part is always derived from it: a changed one would verify foreign tokens. */
export function signingKeyOf(privateJwk: JsonWebKey): SigningKey {
  const privateKey = createPrivateKey({ key: privateJwk, format: 'jwk' });
  const publicKey = createPublicKey(privateKey);
  const { crv, kty, x, y } = publicJwkOf('', publicKey);
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  return { kid, privateKey, publicKey, publicJwk: publicJwkOf(kid, publicKey) };
}

/** A public key as the key set has it. @throws TypeError unless it is on P-256 */
export function publicJwkOf(kid: string, publicKey: KeyObject): PublicJwk {
  const { kty, crv, x, y } = publicKey.export({ format: 'jwk' });
  if (kty !== 'EC' || crv !== 'P-256' || x === undefined || y === undefined) {
    throw new TypeError('A signing key is a P-256 key');
  }
  return { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' };
}

/** A new private key. */
export function newPrivateJwk(): JsonWebKey {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
}
