import type { ServiceClient } from '@holdfast/balancer-undici';
import { RemoteJwks, type JsonWebKeySet, type JwksSource } from '@holdfast/session-nest';

/** Auth's public keys, fetched from whichever instance answers. */
export function remoteJwks(client: ServiceClient): JwksSource {
  return new RemoteJwks(async () => {
    const answer = await client.request('auth', {
      method: 'GET',
      path: '/.well-known/jwks.json',
      idempotent: true,
      deadlineMs: 2_000,
    });
    if (answer.status !== 200) throw new Error(`auth answered ${answer.status} instead of its keys.`);
    return answer.json<JsonWebKeySet>();
  });
}
