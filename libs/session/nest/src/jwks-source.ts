import type { KeyObject } from 'node:crypto';

/** Where public keys come from: a remote key set (`RemoteJwks`), or auth's own. */
export interface JwksSource {
  /** The P-256 public key of that id; `undefined` if there is none. Rejects with `KeysUnavailableError` if it cannot say. */
  getKey(kid: string): Promise<KeyObject | undefined>;
}
