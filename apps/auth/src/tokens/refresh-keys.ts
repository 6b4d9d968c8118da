import { createHmac } from 'node:crypto';
import type { RefreshKeyRing } from '@holdfast/session-core';

/** The ring of one refresh secret. The key's id is derived from it, so that a new secret gets a new id by itself. */
export function refreshKeys(secret: string): RefreshKeyRing {
  const keyId = createHmac('sha256', secret)
    .update('holdfast refresh key id')
    .digest('base64url')
    .slice(0, 8);
  return { activeKeyId: keyId, keys: { [keyId]: secret } };
}
