import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, type JsonWebKey } from 'node:crypto';

const VERSION = 'v1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** The sealed key was made with another secret, belongs to another kid, or was changed. */
export class SealBrokenError extends Error {
  constructor(kid: string) {
    super(`SIGNING_KEY_SECRET does not open the signing key ${kid}: restore the secret that sealed it`);
  }
}

/** Seals private keys for Postgres: AES-256-GCM, bound to the key's id, so that no row can be swapped for another. */
export class KeySeal {
  private constructor(private readonly key: Buffer) {}

  static fromSecret(secret: string): KeySeal {
    const key = hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', 'holdfast signing-key seal v1', 32);
    return new KeySeal(Buffer.from(key));
  }

  seal(kid: string, jwk: JsonWebKey): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(kid));
    const sealed = [iv, cipher.update(JSON.stringify(jwk)), cipher.final(), cipher.getAuthTag()];
    return VERSION + Buffer.concat(sealed).toString('base64url');
  }

  open(kid: string, sealed: string): JsonWebKey {
    if (!sealed.startsWith(VERSION)) throw new SealBrokenError(kid);
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    try {
      // A shortened tag would be taken for a good one: its length is fixed.
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(kid)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const clear = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
      return JSON.parse(clear.toString()) as JsonWebKey;
    } catch {
      throw new SealBrokenError(kid);
    }
  }
}
