import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JwksSource } from './jwks-source.js';

/** One P-256 key pair: it signs, and verifies what it signed. Shows nothing of the private key when logged. */
export class OwnSigningKey implements JwksSource {
  /** The RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;

  /** @throws TypeError unless it is a P-256 private key, or the PEM of one */
  constructor(key: string | KeyObject) {
    this.#privateKey = typeof key === 'string' ? keyOfPem(key) : key;
    if (this.#privateKey.type !== 'private') throw notOurs();
    this.#publicKey = createPublicKey(this.#privateKey);
    const { kty, crv, x, y } = this.#publicKey.export({ format: 'jwk' });
    if (crv !== 'P-256') throw notOurs();
    this.kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  }

  get privateKey(): KeyObject {
    return this.#privateKey;
  }

  async getKey(kid: string): Promise<KeyObject | undefined> {
    return kid === this.kid ? this.#publicKey : undefined;
  }
}

function keyOfPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw notOurs(); // OpenSSL's own words help nobody
  }
}

function notOurs(): TypeError {
  return new TypeError('A signing key is a P-256 private key, or its PEM.');
}
