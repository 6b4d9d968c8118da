import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { decodeSecret, deriveKey } from './session-keys.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 4;
const NONCE_START = KEY_ID_BYTES;
const TEXT_START = NONCE_START + NONCE_BYTES;
/** What sealing adds, in bytes. */
export const SEAL_BYTES = TEXT_START + TAG_BYTES;

/**
 * AES-256-GCM (NIST SP 800-38D): nonce ‖ ciphertext ‖ tag, the nonce from a CSPRNG. One key seals 2³² texts at most.
 *
 * @param boundTo - authenticated with it: opens with the very same only
 */
export function sealBytes(key: Uint8Array, boundTo: string, clear: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(boundTo));
  return Buffer.concat([nonce, cipher.update(clear), cipher.final(), cipher.getAuthTag()]);
}

/** Opens what `sealBytes` sealed; `undefined` if the key is another, it belongs elsewhere, or it was changed. */
export function openBytes(key: Uint8Array, boundTo: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  // A shortened tag would be taken for a good one: its length is fixed.
  const options = { authTagLength: TAG_BYTES };
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), options);
  decipher.setAAD(Buffer.from(boundTo)).setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The secrets that seal what the store keeps. New values are sealed with `secret`, the others still open theirs. */
export interface SealingSecrets {
  /** `SEALING_SECRET`: base64url, 32 bytes or more. */
  readonly secret: string;
  readonly previous?: readonly string[];
}

/** What came of opening a sealed value. */
export type Opened =
  | { readonly state: 'open'; readonly clear: Buffer }
  /** No key of the ring sealed it. */
  | { readonly state: 'unknown-key'; readonly keyId: string }
  /** It was changed, or moved here from elsewhere. */
  | { readonly state: 'broken' };

/**
 * Seals what a store keeps, so that a dump opens nothing and nothing is swapped unseen: key id ‖ nonce ‖ ciphertext ‖
 * tag. A key's id is derived from its secret, so that a new secret has a new one by itself.
 */
export class Sealing {
  /** Of the key that seals, 8 hexadecimal digits. */
  readonly activeKeyId: string;
  readonly #keys: ReadonlyMap<string, Buffer>;
  readonly #active: Buffer;

  /** @throws TypeError if a secret is too short */
  constructor({ secret, previous = [] }: SealingSecrets) {
    const keys = [secret, ...previous].map((each) =>
      deriveKey(decodeSecret(each, 'A sealing secret'), 'sealing'),
    );
    this.#keys = new Map(keys.map((key) => [keyIdOf(key), key]));
    [this.#active = Buffer.alloc(0)] = keys;
    this.activeKeyId = keyIdOf(this.#active);
  }

  seal(boundTo: string, clear: Uint8Array): Buffer {
    const keyId = this.activeKeyId;
    return Buffer.concat([Buffer.from(keyId, 'hex'), sealBytes(this.#active, `${keyId}\n${boundTo}`, clear)]);
  }

  open(boundTo: string, sealed: Buffer): Opened {
    const keyId = keyIdIn(sealed);
    const key = this.#keys.get(keyId);
    if (!key) return { state: 'unknown-key', keyId };
    const clear = openBytes(key, `${keyId}\n${boundTo}`, sealed.subarray(NONCE_START));
    return clear ? { state: 'open', clear } : { state: 'broken' };
  }

  /** Whether the key that seals now has sealed it. */
  isCurrent(sealed: Buffer): boolean {
    return keyIdIn(sealed) === this.activeKeyId;
  }
}

function keyIdIn(sealed: Buffer): string {
  return sealed.toString('hex', 0, KEY_ID_BYTES);
}

function keyIdOf(key: Uint8Array): string {
  return createHash('sha256')
    .update('key id')
    .update(key)
    .digest('hex')
    .slice(0, KEY_ID_BYTES * 2);
}
