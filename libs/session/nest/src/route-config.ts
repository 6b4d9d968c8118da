import type { RoutePolicy } from '@holdfast/session-core';
import type {} from 'fastify';

/**
 * What the hook does on a route: `public` looks at no credential, `optional` looks and forgives; absent, the
 * session is looked up for whoever decides.
 */
export type SessionAccess = 'public' | 'optional';

declare module 'fastify' {
  interface FastifyContextConfig {
    sessionAccess?: SessionAccess;
    /** Default: by the method, see `policyOfMethod`. */
    sessionPolicy?: RoutePolicy;
  }
}

/** The policy of a route that names none: safe methods (RFC 9110 section 9.2.1) read, others write. */
export function policyOfMethod(method: string): RoutePolicy {
  return method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? 'read' : 'write';
}
