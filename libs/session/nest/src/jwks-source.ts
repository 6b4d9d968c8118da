import type { KeyObject } from 'node:crypto';

/** Where public keys come from: a remote key set (`RemoteJwks`), or auth's own. */
export interface JwksSource {
  /** Whether that key is known to be published at this moment, without asking anybody. Default: it never is. */
  isKnown?(kid: string): boolean;

  /** The P-256 public key of that id; `undefined` if there is none. Rejects with `KeysUnavailableError` if it cannot say. */
  getKey(kid: string): Promise<KeyObject | undefined>;
}
