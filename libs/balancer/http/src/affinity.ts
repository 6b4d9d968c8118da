import type { Affinity } from '@holdfast/balancer-core';

/**
 * The session of a bearer token (its claim `sid`), to stick to. Not verified: it says where a request is answered best and
 * nothing else, any instance may answer it, and the load bound holds whatever it says. Read when it is asked for.
 */
export function sessionAffinity(authorization: string | undefined): Affinity | undefined {
  if (authorization === undefined) return undefined;
  return () => {
    const [, claims = ''] = authorization.split('.', 2);
    try {
      const read: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
      return typeof read === 'object' && read !== null && 'sid' in read && typeof read.sid === 'string'
        ? read.sid
        : undefined;
    } catch {
      return undefined;
    }
  };
}
