import { createHash } from 'node:crypto';
import type { VerifiedClaims } from './access-token-claims.js';

/**
 * Claims of tokens that were verified before, by SHA-256 of the token: a dump of memory opens nothing. An entry
 * lives to the token's `exp`; over `capacity` the least recently used gives way.
 */
export class VerifiedTokenCache {
  readonly #entries = new Map<string, VerifiedClaims>();

  constructor(private readonly capacity: number) {}

  get(token: string, now: number): VerifiedClaims | undefined {
    const key = digest(token);
    const claims = this.#entries.get(key);
    if (claims === undefined) return undefined;
    this.#entries.delete(key);
    if (claims.expiresAt <= now) return undefined;
    this.#entries.set(key, claims);
    return claims;
  }

  set(token: string, claims: VerifiedClaims): void {
    this.#entries.set(digest(token), claims);
    if (this.#entries.size <= this.capacity) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  get size(): number {
    return this.#entries.size;
  }
}

function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
