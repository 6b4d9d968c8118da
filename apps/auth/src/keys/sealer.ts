import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const VERSION = 'v1.';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals texts for Postgres: AES-256-GCM under a key of its own for each purpose. A sealed text is bound to the row
 * that it belongs to, so that no row can be swapped for another.
 */
export class Sealer {
  private constructor(private readonly key: Buffer) {}

  /** @param purpose - sealers of one secret with different purposes cannot open each other's texts (RFC 5869 info) */
  static fromSecret(secret: string, purpose: string): Sealer {
    return new Sealer(Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', purpose, 32)));
  }

  seal(boundTo: string, clear: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(boundTo));
    const sealed = [iv, cipher.update(clear), cipher.final(), cipher.getAuthTag()];
    return VERSION + Buffer.concat(sealed).toString('base64url');
  }

  /** `undefined` if it was sealed with another secret or for another purpose, belongs elsewhere, or was changed. */
  open(boundTo: string, sealed: string): string | undefined {
    if (!sealed.startsWith(VERSION)) return undefined;
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    try {
      // A shortened tag would be taken for a good one: its length is fixed.
      const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(boundTo)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const clear = [decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(clear).toString();
    } catch {
      return undefined;
    }
  }
}
