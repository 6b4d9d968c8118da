import { RouteConfig } from '@nestjs/platform-fastify';

/** Who may call a route. Without one: any live session. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'roles'; readonly roles: readonly string[] }
  | { readonly kind: 'internal'; readonly callers: readonly string[] };

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

/** Metadata key of a `RouteAccess`; a method's own counts before its controller's. */
export const ROUTE_ACCESS = 'holdfast:route-access';

/** Where Nest's Fastify adapter looks for a route's `config`, as its own decorator says. */
const { KEY: ROUTE_CONFIG } = RouteConfig({});

type Decorator = ClassDecorator & MethodDecorator;

/**
 * Decorates a controller or a method with its access. One each: two on the same target contradict each other.
 * @throws TypeError for a second one
 */
export function withAccess(access: RouteAccess): Decorator {
  return (target: object, _property?: string | symbol, descriptor?: PropertyDescriptor) => {
    const subject = descriptor ? (descriptor.value as object) : target;
    if (Reflect.hasOwnMetadata(ROUTE_ACCESS, subject)) {
      throw new TypeError('A route has one of @Public(), @Roles() and @Internal(), not two.');
    }
    Reflect.defineMetadata(ROUTE_ACCESS, access, subject);
    if (access.kind === 'public') hintPublic(subject, descriptor === undefined);
  };
}

/** Notes on a handler that its parameters want the session if there is one. */
export function hintOptional(handler: object): void {
  hint(handler, 'optional');
}

function hintPublic(subject: object, isController: boolean): void {
  if (!isController) return hint(subject, 'public');
  const { prototype } = subject as { readonly prototype: object };
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const method: unknown = Object.getOwnPropertyDescriptor(prototype, name)?.value;
    // Methods are decorated before their class: one with an access of its own keeps it.
    if (typeof method === 'function' && !Reflect.hasOwnMetadata(ROUTE_ACCESS, method)) hint(method, 'public');
  }
}

function hint(handler: object, access: SessionAccess): void {
  const config = Reflect.getMetadata(ROUTE_CONFIG, handler) as { sessionAccess?: SessionAccess } | undefined;
  // Parameters are decorated before their method: what they want stays.
  const sessionAccess = config?.sessionAccess ?? access;
  Reflect.defineMetadata(ROUTE_CONFIG, { ...config, sessionAccess }, handler);
}
