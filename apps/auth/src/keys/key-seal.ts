import type { JsonWebKey } from 'node:crypto';
import { Sealer } from './sealer.js';

/** The sealed key was made with another secret, belongs to another kid, or was changed. */
export class SealBrokenError extends Error {
  constructor(kid: string) {
    super(`SIGNING_KEY_SECRET does not open the signing key ${kid}: restore the secret that sealed it`);
  }
}

/** Seals private keys for Postgres, each bound to its id. */
export class KeySeal {
  private constructor(private readonly sealer: Sealer) {}

  static fromSecret(secret: string): KeySeal {
    return new KeySeal(Sealer.fromSecret(secret, 'holdfast signing-key seal v1'));
  }

  seal(kid: string, jwk: JsonWebKey): string {
    return this.sealer.seal(kid, JSON.stringify(jwk));
  }

  open(kid: string, sealed: string): JsonWebKey {
    const clear = this.sealer.open(kid, sealed);
    if (clear === undefined) throw new SealBrokenError(kid);
    return JSON.parse(clear) as JsonWebKey;
  }
}
