import { RouteConfig } from '@nestjs/platform-fastify';

/**
 * What the hook does on a route: `public` looks at no credential, `optional` looks and forgives; absent, the
 * session is looked up for the guard. A hint that saves work: only the guard decides who gets in.
 */
export type SessionAccess = 'public' | 'optional';

declare module 'fastify' {
  interface FastifyContextConfig {
    sessionAccess?: SessionAccess;
  }
}

/** The metadata key under which Nest's Fastify adapter looks for a route's `config`, taken from its own decorator. */
const ROUTE_CONFIG_KEY = RouteConfig({}).KEY;

/** Notes the access of a route handler in its Fastify route config. An `optional` hint is never weakened to `public`. */
export function hintSessionAccess(handler: object, access: SessionAccess): void {
  const config: { sessionAccess?: SessionAccess } = Reflect.getMetadata(ROUTE_CONFIG_KEY, handler) ?? {};
  // A method marked optional must stay so when its whole controller is public.
  const sessionAccess = config.sessionAccess === 'optional' ? 'optional' : access;
  Reflect.defineMetadata(ROUTE_CONFIG_KEY, { ...config, sessionAccess }, handler);
}
