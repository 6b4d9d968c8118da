import { hkdfSync } from 'node:crypto';
import { openBytes, sealBytes } from '@holdfast/session-core';

const VERSION = 'v1.';

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
    return VERSION + sealBytes(this.key, boundTo, Buffer.from(clear)).toString('base64url');
  }

  /** `undefined` if it was sealed with another secret or for another purpose, belongs elsewhere, or was changed. */
  open(boundTo: string, sealed: string): string | undefined {
    if (!sealed.startsWith(VERSION)) return undefined;
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    return openBytes(this.key, boundTo, bytes)?.toString();
  }
}
