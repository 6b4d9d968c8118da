import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { ActiveSession } from './active-session.js';
import { UnauthenticatedError } from './errors.js';
import { hintSessionAccess } from './session-access.js';

/** Metadata key: a route open to anyone. */
export const PUBLIC_ROUTE = 'holdfast:public';
/** Metadata key: roles of which one is needed. */
export const REQUIRED_ROLES = 'holdfast:roles';
/** Metadata key: services that may call. */
export const INTERNAL_CALLERS = 'holdfast:internal';

/** On a controller or method: open to anyone. A bad or ended credential is ignored there, never 401. */
export function Public(): ClassDecorator & MethodDecorator {
  return withMetadata(PUBLIC_ROUTE, true, 'public');
}

/** On a controller or method: needs a session with at least one of these roles, else 403 `ERR_FORBIDDEN`. */
export function Roles(...roles: readonly [string, ...string[]]): ClassDecorator & MethodDecorator {
  return withMetadata(REQUIRED_ROLES, roles);
}

/**
 * On a controller or method: only for these services, by a service token (`client_id` one of them, `scope`
 * `internal`, no `sid`). A user's token is refused with 403, whatever its roles.
 */
export function Internal(...callers: readonly [string, ...string[]]): ClassDecorator & MethodDecorator {
  return withMetadata(INTERNAL_CALLERS, callers);
}

const injectSession = createParamDecorator((_data: unknown, context: ExecutionContext): ActiveSession => {
  const { session } = context.switchToHttp().getRequest<FastifyRequest>();
  if (session === undefined) throw new UnauthenticatedError('This needs a session.');
  return session;
});

const injectOptionalSession = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ActiveSession | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().session,
);

/** Parameter: the caller's `ActiveSession`. Where there is none (a public route), 401 `ERR_UNAUTHENTICATED`. */
export function CurrentSession(): ParameterDecorator {
  return injectSession();
}

/** Parameter on a `@Public()` route: the caller's `ActiveSession`, or `undefined` without a good credential. */
export function OptionalSession(): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) hintSessionAccess(Reflect.get(target, key), 'optional');
    injectOptionalSession()(target, key, index);
  };
}

function withMetadata(key: string, value: unknown, hint?: 'public'): ClassDecorator & MethodDecorator {
  return (target: object, property?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (property === undefined || descriptor === undefined) {
      SetMetadata(key, value)(target as new () => object);
      if (hint) hintMethods(target as new () => object);
      return;
    }
    SetMetadata(key, value)(target, property, descriptor);
    if (hint) hintSessionAccess(descriptor.value, hint);
  };
}

function hintMethods({ prototype }: { prototype: object }): void {
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value === 'function') hintSessionAccess(value, 'public');
  }
}
