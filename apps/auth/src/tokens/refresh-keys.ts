import { createHmac } from 'node:crypto';
import type { RefreshKeyRing } from '@holdfast/session-core';

/**
 * The ring of the refresh secret and of those before it: their tokens are exchanged for new ones of the current secret.
 * A key's id is derived from it, so that a new secret gets a new id by itself.
 */
export function refreshKeys(secret: string, previous: readonly string[] = []): RefreshKeyRing {
  const keys = [...previous, secret].map((each) => [keyIdOf(each), each]);
  return { activeKeyId: keyIdOf(secret), keys: Object.fromEntries(keys) as RefreshKeyRing['keys'] };
}

function keyIdOf(secret: string): string {
  return createHmac('sha256', secret).update('holdfast refresh key id').digest('base64url').slice(0, 8);
}
