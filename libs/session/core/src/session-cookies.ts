import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { SESSION_ID_BYTES, type SessionIds } from './session-ids.js';

const VERSION = 1;
const SECRET_BYTES = 32;
const SECRET_START = 1 + SESSION_ID_BYTES;
/** 81 bytes are a multiple of three: base64url has no spare bits, so each cookie has exactly one spelling. */
const SPELLING = /^[A-Za-z0-9_-]{108}$/;

/** A cookie of ours: which session it names, and the hash of what opens it. */
export interface ParsedCookie {
  readonly sessionId: string;
  /** SHA-256 of the secret, base64url. */
  readonly hash: string;
}

/** A cookie to hand out, and what the store keeps of it. */
export interface IssuedCookie {
  readonly value: string;
  readonly hash: string;
}

/**
 * Values of session cookies: version ‖ session id ‖ 256 random bits, 108 characters of base64url. The MAC in the id
 * lets forged ones be refused before any store is asked; only the secret's hash is stored (OWASP ASVS 7.2.3).
 */
export class SessionCookies {
  readonly #ids: SessionIds;

  constructor(ids: SessionIds) {
    this.#ids = ids;
  }

  /** A new cookie for a session; its secret is from a CSPRNG. @throws TypeError if the id is not ours */
  mint(sessionId: string): IssuedCookie {
    if (!this.#ids.parse(sessionId)) throw new TypeError('Not a session id.');
    const secret = randomBytes(SECRET_BYTES);
    const value = Buffer.concat([Buffer.of(VERSION), Buffer.from(sessionId, 'base64url'), secret]);
    return { value: value.toString('base64url'), hash: hashOf(secret) };
  }

  /** What the cookie says; `undefined` if it is none of ours. Whether it opens the session only the store knows. */
  parse(value: string): ParsedCookie | undefined {
    if (typeof value !== 'string' || !SPELLING.test(value)) return undefined;
    const bytes = Buffer.from(value, 'base64url');
    if (bytes[0] !== VERSION) return undefined;
    const sessionId = bytes.toString('base64url', 1, SECRET_START);
    if (!this.#ids.parse(sessionId)) return undefined;
    return { sessionId, hash: hashOf(bytes.subarray(SECRET_START)) };
  }
}

/** Whether two hashes are the same, in the same time wherever they differ. */
export function isSameHash(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function hashOf(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('base64url');
}
