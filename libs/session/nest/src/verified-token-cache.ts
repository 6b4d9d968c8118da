import { hash } from 'node:crypto';
import type { VerifiedClaims } from './access-token-claims.js';

/** A token that was verified before. */
export interface VerifiedToken {
  readonly claims: VerifiedClaims;
  /** The key that it was verified with. */
  readonly keyId: string;
}

/**
 * What is known of tokens that were verified before, by SHA-256 of the token: a dump of memory opens nothing. An entry
 * lives to the token's `exp`; over `capacity` the least recently used gives way.
 */
export class VerifiedTokenCache {
  readonly #entries = new Map<string, VerifiedToken>();

  constructor(private readonly capacity: number) {}

  get(token: string, now: number): VerifiedToken | undefined {
    const key = digest(token);
    const known = this.#entries.get(key);
    if (known === undefined) return undefined;
    this.#entries.delete(key);
    if (known.claims.expiresAt <= now) return undefined;
    this.#entries.set(key, known);
    return known;
  }

  set(token: string, verified: VerifiedToken): void {
    this.#entries.set(digest(token), verified);
    if (this.#entries.size <= this.capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  get size(): number {
    return this.#entries.size;
  }
}

function digest(token: string): string {
  return hash('sha256', token, 'base64');
}
