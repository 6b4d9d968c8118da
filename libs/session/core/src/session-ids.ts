import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { SessionKeys } from './session-keys.js';

const VERSION = 1;
const TAG_BYTES = 12;
const RANDOM_BYTES = 16;
const MAC_BYTES = 18;
/** Names the session among those of its user, so that 72 bits are plenty. */
const NAME_BYTES = 9;
const CELL_AT = 1;
const TAG_START = 2;
const RANDOM_START = TAG_START + TAG_BYTES;
const MAC_START = RANDOM_START + RANDOM_BYTES;
/** Bytes of what `compact` leaves of an id. */
export const COMPACT_ID_BYTES = 1 + RANDOM_BYTES;

/** Bytes of a session id. A multiple of three: base64url has no spare bits, so each id has exactly one spelling. */
export const SESSION_ID_BYTES = MAC_START + MAC_BYTES;
/** Ids that were found genuine are remembered: checking one costs two HMACs, and the same ones come again and again. */
const REMEMBERED = 10_000;
const SPELLING = /^[A-Za-z0-9_-]{64}$/;

/** What a genuine session id says. */
export interface ParsedSessionId {
  /** Keyed hash of the user's id: the hash tag under which everything of that user is stored. */
  readonly userTag: string;
  /** Keyed hash of the session id: names the session in the store, so that the store's keys hold no ids. */
  readonly name: string;
}

/**
 * Public session ids: version ‖ cell ‖ user tag ‖ 128 random bits ‖ MAC, 64 characters of base64url.
 * They name a session and open nothing; the MAC lets forged ones be refused before any store is asked.
 */
export class SessionIds {
  readonly #keys: SessionKeys;
  readonly #cell: number;
  readonly #genuine = new Map<string, ParsedSessionId>();

  /** @param cell - the home cell that minted ids carry, 0 to 255; default 0 */
  constructor(keys: SessionKeys, cell = 0) {
    if (!Number.isInteger(cell) || cell < 0 || cell > 255) throw new TypeError('A cell is 0 to 255.');
    this.#keys = keys;
    this.#cell = cell;
  }

  /** A new id for a session of this user, from a CSPRNG. */
  mint(userId: string): string {
    const body = Buffer.concat([
      Buffer.of(VERSION, this.#cell),
      this.#tag(userId),
      randomBytes(RANDOM_BYTES),
    ]);
    return Buffer.concat([body, this.#mac(body)]).toString('base64url');
  }

  /** What the id says; `undefined` if we did not mint it. */
  parse(id: string): ParsedSessionId | undefined {
    const known = this.#genuine.get(id);
    if (known) return known;
    const parsed = this.#verify(id);
    if (parsed) this.#remember(id, parsed);
    return parsed;
  }

  /** What of an id is not in its user's tag, 17 bytes: for a store that keeps many. @throws TypeError if it is not ours */
  compact(id: string): Buffer {
    if (!this.parse(id)) throw new TypeError('Not a session id.');
    const bytes = Buffer.from(id, 'base64url');
    return Buffer.concat([bytes.subarray(CELL_AT, TAG_START), bytes.subarray(RANDOM_START, MAC_START)]);
  }

  /** The id of which `compact` left this. */
  expand(userTag: string, compact: Uint8Array): string {
    const tag = Buffer.from(userTag, 'base64url');
    const body = Buffer.concat([Buffer.of(VERSION), compact.subarray(0, 1), tag, compact.subarray(1)]);
    return Buffer.concat([body, this.#mac(body)]).toString('base64url');
  }

  /** The tag that ids of this user's sessions carry. */
  userTag(userId: string): string {
    return this.#tag(userId).toString('base64url');
  }

  #verify(id: string): ParsedSessionId | undefined {
    if (typeof id !== 'string' || !SPELLING.test(id)) return undefined;
    const bytes = Buffer.from(id, 'base64url');
    const body = bytes.subarray(0, MAC_START);
    if (bytes[0] !== VERSION || !timingSafeEqual(bytes.subarray(MAC_START), this.#mac(body)))
      return undefined;
    return {
      userTag: bytes.toString('base64url', TAG_START, TAG_START + TAG_BYTES),
      name: this.#keys.hash('record-name', bytes, NAME_BYTES).toString('base64url'),
    };
  }

  #remember(id: string, parsed: ParsedSessionId): void {
    if (this.#genuine.size >= REMEMBERED) {
      const [oldest = ''] = this.#genuine.keys();
      this.#genuine.delete(oldest);
    }
    this.#genuine.set(id, parsed);
  }

  #tag(userId: string): Buffer {
    return this.#keys.hash('user-tag', userId, TAG_BYTES);
  }

  #mac(body: Uint8Array): Buffer {
    return this.#keys.hash('id-mac', body, MAC_BYTES);
  }
}
