import type { KeyObject } from 'node:crypto';
import type { KeyRing, SigningKeyStore } from './signing-key-store.js';
import type { PublicJwk, SigningKey } from './signing-key.js';

/** The platform's keys in this process: one signs, all verify. */
export class SigningKeys {
  private constructor(private readonly ring: KeyRing) {}

  /** Reads the keys from Postgres; the first instance of all makes the first key. */
  static async load(store: SigningKeyStore): Promise<SigningKeys> {
    return new SigningKeys(await store.loadOrCreate());
  }

  get active(): SigningKey {
    return this.ring.active;
  }

  /** The public key of a kid, for this service's own verification. */
  async getKey(kid: string): Promise<KeyObject | undefined> {
    return this.ring.byKid.get(kid)?.publicKey;
  }

  /** The key set that every verifier reads. */
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: [...this.ring.byKid.values()].map((key) => key.publicJwk) };
  }
}
