import { createRemoteJWKSet, customFetch as joseFetch } from 'jose';
import * as oauth from 'oauth4webapi';
import { issuer } from './auth-service.js';

/**
 * What somebody else's OAuth client and verifier need to reach the service where no gateway stands before it: each request
 * to the issuer goes to the instances in turn.
 */
export function throughIssuer(urls: readonly string[]) {
  let turn = 0;
  const forward = (url: string, init: RequestInit) => {
    turn += 1;
    return fetch(url.replace(issuer, urls[turn % urls.length] ?? ''), init);
  };
  return {
    options: {
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that nobody overlooks it: specs speak plain HTTP
      [oauth.allowInsecureRequests]: true,
      [oauth.customFetch]: (url: string, init: object) => forward(url, init),
    },
    keySet: (jwksUri: string, cooldownDuration?: number) =>
      createRemoteJWKSet(new URL(jwksUri), {
        ...(cooldownDuration !== undefined && { cooldownDuration }),
        [joseFetch]: (url: string, init: object) => forward(url, init),
      }),
  };
}
