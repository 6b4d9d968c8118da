import type { ServiceClient } from '@holdfast/balancer-http';
import { RemoteJwks, type JsonWebKeySet, type JwksSource } from '@holdfast/session-nest';
import { withoutDeadline } from './http/request-context.js';

/** Auth's public keys, fetched from whichever instance answers. */
export function remoteJwks(client: ServiceClient): JwksSource {
  const request = { method: 'GET', path: '/.well-known/jwks.json', idempotent: true, deadlineMs: 2_000 };
  return new RemoteJwks(async () => {
    // For all who verify meanwhile.
    const answer = await withoutDeadline(() => client.request('auth', request));
    if (answer.status !== 200) throw new Error(`auth answered ${answer.status} instead of its keys.`);
    return answer.json<JsonWebKeySet>();
  });
}
