import { hash } from 'node:crypto';
import type { VerifiedClaims } from './access-token-claims.js';
import type { ActiveSession } from './active-session.js';

/** A token that was verified before. */
export interface VerifiedToken {
  readonly claims: VerifiedClaims;
  /** The key that it was verified with. */
  readonly keyId: string;
}

/** A token that is remembered. One object: who asks meets another session each time, whose memory is not in the processor's cache. */
export interface KnownToken extends VerifiedToken {
  /** Since it was last considered to give way. */
  isUsed: boolean;
  /** What its claims and this record together make, once somebody has joined them; the same as long as the record is. */
  found: object | undefined;
  session: ActiveSession | undefined;
}

/**
 * What is known of tokens that were verified before, by SHA-256 of the token: a dump of memory opens nothing. An entry
 * lives to the token's `exp`; over `capacity` the oldest gives way that was not used since it was last considered.
 */
export class VerifiedTokenCache {
  readonly #entries = new Map<string, KnownToken>();

  constructor(private readonly capacity: number) {}

  get(token: string, now: number): KnownToken | undefined {
    const key = digest(token);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.claims.expiresAt <= now) {
      this.#entries.delete(key);
      return undefined;
    }
    // A mark costs a hit far less than a place at the end of the map.
    entry.isUsed = true;
    return entry;
  }

  set(token: string, verified: VerifiedToken): void {
    this.#entries.set(digest(token), { ...verified, isUsed: false, found: undefined, session: undefined });
    // Who is moved behind the others is met again.
    for (const [key, entry] of this.#entries) {
      if (this.#entries.size <= this.capacity) return;
      this.#entries.delete(key);
      if (!entry.isUsed) continue;
      entry.isUsed = false;
      this.#entries.set(key, entry);
    }
  }

  get size(): number {
    return this.#entries.size;
  }
}

function digest(token: string): string {
  return hash('sha256', token, 'binary');
}
