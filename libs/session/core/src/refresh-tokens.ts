import { createHash, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto';
import { SESSION_ID_BYTES, type SessionIds } from './session-ids.js';
import { decodeSecret, deriveKey } from './session-keys.js';
import type { PresentedRefresh, RotationSecret } from './session-store.js';

const VERSION = 1;
const GENERATION_BYTES = 4;
const SECRET_BYTES = 32;
const MAC_BYTES = 20;
const GENERATION_START = 1 + SESSION_ID_BYTES;
const SECRET_START = GENERATION_START + GENERATION_BYTES;
const MAC_START = SECRET_START + SECRET_BYTES;
const SPELLING = /^[A-Za-z0-9_-]{140}$/;
const FIRST_GENERATION = 1;
const LAST_GENERATION = 0xffff_fffe;

/** The keys that make refresh tokens. New tokens use the active one; the others still recognise and repeat theirs. */
export interface RefreshKeyRing {
  readonly activeKeyId: string;
  /** Secrets by key id: base64url, 32 bytes or more. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A refresh token that we issued. */
export interface ParsedRefreshToken {
  readonly presented: PresentedRefresh;
}

/** A refresh token to hand out, and what the store keeps of it. */
export interface IssuedRefreshToken {
  readonly token: string;
  readonly secret: RotationSecret;
}

/** A random secret for a token of which only the store will say the generation. */
export interface FreshRefreshSecret {
  readonly secret: RotationSecret;
  /** The token, once its generation is known. Default: the first. */
  tokenOf(generation?: number): string;
}

interface RefreshKey {
  readonly mac: Buffer;
  readonly derive: Buffer;
}

/**
 * Opaque refresh tokens: session, generation and secret with a MAC. A successor's secret is *derived*
 * from what was presented, so two tabs, a retry and two instances all compute the same successor.
 * Only the authorisation server holds these keys.
 */
export class RefreshTokens {
  readonly #ids: SessionIds;
  readonly #activeKeyId: string;
  readonly #keys: ReadonlyMap<string, RefreshKey>;

  /** @throws TypeError if a secret is too short or the active key is missing */
  constructor(ring: RefreshKeyRing, ids: SessionIds) {
    this.#ids = ids;
    this.#activeKeyId = ring.activeKeyId;
    this.#keys = new Map(Object.entries(ring.keys).map(([keyId, secret]) => [keyId, refreshKey(secret)]));
    if (!this.#keys.has(ring.activeKeyId)) throw new TypeError('The active refresh key is not in the ring.');
  }

  /** The first token of a session; its secret is random. */
  first(sessionId: string): IssuedRefreshToken {
    const { secret, tokenOf } = this.fresh(sessionId);
    return { token: tokenOf(FIRST_GENERATION), secret };
  }

  /** A token that nobody can derive from the ones before it, for a session whose level was raised. */
  fresh(sessionId: string): FreshRefreshSecret {
    const secret = randomBytes(SECRET_BYTES);
    const keyId = this.#activeKeyId;
    return {
      secret: { hash: hashOf(secret), keyId },
      tokenOf: (generation = FIRST_GENERATION) => this.#issue(sessionId, generation, secret, keyId).token,
    };
  }

  /** What the token says; `undefined` if no key of the ring issued it. */
  parse(token: string): ParsedRefreshToken | undefined {
    if (typeof token !== 'string' || !SPELLING.test(token)) return undefined;
    const bytes = Buffer.from(token, 'base64url');
    if (bytes[0] !== VERSION || !this.#isGenuine(bytes)) return undefined;
    const sessionId = bytes.toString('base64url', 1, GENERATION_START);
    if (!this.#ids.parse(sessionId)) return undefined;
    const generation = bytes.readUInt32BE(GENERATION_START);
    return { presented: { sessionId, generation, hash: hashOf(bytes.subarray(SECRET_START, MAC_START)) } };
  }

  /**
   * The token that follows the presented one: always the same for the same token and key.
   * `undefined` if the key is not in the ring (any more).
   */
  successor({ presented }: ParsedRefreshToken, keyId = this.#activeKeyId): IssuedRefreshToken | undefined {
    const key = this.#keys.get(keyId);
    if (!key || presented.generation > LAST_GENERATION) return undefined;
    const generation = presented.generation + 1;
    const info = `successor\n${presented.sessionId}\n${generation}\n${presented.hash}`;
    const secret = Buffer.from(hkdfSync('sha256', key.derive, '', info, SECRET_BYTES));
    return this.#issue(presented.sessionId, generation, secret, keyId);
  }

  #issue(sessionId: string, generation: number, secret: Buffer, keyId: string): IssuedRefreshToken {
    const key = this.#keys.get(keyId);
    const id = Buffer.from(sessionId, 'base64url');
    if (!key || id.length !== SESSION_ID_BYTES) throw new TypeError('Not a session id.');
    const head = Buffer.alloc(GENERATION_BYTES);
    head.writeUInt32BE(generation);
    const body = Buffer.concat([Buffer.of(VERSION), id, head, secret]);
    const token = Buffer.concat([body, mac(key, body)]).toString('base64url');
    return { token, secret: { hash: hashOf(secret), keyId } };
  }

  // Rings hold a few keys: trying each is cheaper than naming the key in every token.
  #isGenuine(bytes: Buffer): boolean {
    const body = bytes.subarray(0, MAC_START);
    const given = bytes.subarray(MAC_START);
    return [...this.#keys.values()].some((key) => timingSafeEqual(given, mac(key, body)));
  }
}

function refreshKey(secret: string): RefreshKey {
  const bytes = decodeSecret(secret, 'A refresh secret');
  return { mac: deriveKey(bytes, 'refresh-mac'), derive: deriveKey(bytes, 'refresh-successor') };
}

function mac(key: RefreshKey, body: Uint8Array): Buffer {
  return createHmac('sha256', key.mac).update(body).digest().subarray(0, MAC_BYTES);
}

function hashOf(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('base64url');
}
