import { createHmac, hkdfSync } from 'node:crypto';

const MIN_SECRET_BYTES = 32;
const BASE64URL = /^[A-Za-z0-9_-]+$/;

/** What a keyed hash is for. Each purpose has its own subkey, so a hash made for one never passes for another. */
export type KeyPurpose = 'id-mac' | 'user-tag' | 'record-name';

/**
 * Reads a secret of the configuration.
 *
 * @param name - how an error names it; its value is never shown
 * @throws TypeError unless it is base64url of 32 bytes or more
 */
export function decodeSecret(secret: string, name: string): Buffer {
  const bytes = BASE64URL.test(secret) ? Buffer.from(secret, 'base64url') : Buffer.alloc(0);
  if (bytes.length < MIN_SECRET_BYTES) {
    throw new TypeError(`${name} must be base64url of at least ${MIN_SECRET_BYTES} bytes.`);
  }
  return bytes;
}

/** One subkey of a secret (HKDF-SHA256, RFC 5869), 32 bytes. */
export function deriveKey(secret: Uint8Array, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'holdfast/session/v1', info, 32));
}

/** The keys that every process of the platform shares to name sessions and to recognise their ids. Shows nothing of them when logged. */
export class SessionKeys {
  readonly #subkeys: Readonly<Record<KeyPurpose, Buffer>>;

  private constructor(secret: Buffer) {
    this.#subkeys = {
      'id-mac': deriveKey(secret, 'id-mac'),
      'user-tag': deriveKey(secret, 'user-tag'),
      'record-name': deriveKey(secret, 'record-name'),
    };
  }

  /**
   * @param secret - `SESSION_SECRET`: base64url, 32 bytes or more
   * @throws TypeError otherwise
   */
  static fromSecret(secret: string): SessionKeys {
    return new SessionKeys(decodeSecret(secret, 'The session secret'));
  }

  /** HMAC-SHA256 of `data` under the purpose's subkey, cut to `bytes`. */
  hash(purpose: KeyPurpose, data: string | Uint8Array, bytes: number): Buffer {
    return createHmac('sha256', this.#subkeys[purpose]).update(data).digest().subarray(0, bytes);
  }
}
