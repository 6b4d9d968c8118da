import type { RoutePolicy } from '@holdfast/session-core';
import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { ActiveSession } from './active-session.js';
import { UnauthenticatedError } from './errors.js';
import { ANY_LEVEL, CLIENT_SCOPE, hintOptional, withAccess, withPolicy, withStepUp } from './route-access.js';
import { requestOf } from './request-of.js';

/** On a controller or method: open to anyone. A bad or ended credential is ignored there, never 401. */
export function Public(): ClassDecorator & MethodDecorator {
  return withAccess({ kind: 'public' });
}

/** On a controller or method: needs a session with at least one of these roles, else 403 `ERR_FORBIDDEN`. */
export function Roles(...roles: readonly [string, ...string[]]): ClassDecorator & MethodDecorator {
  return withAccess({ kind: 'roles', roles });
}

/**
 * On a controller or method: only for these services, by a service token (`client_id` one of them, `scope`
 * `internal`, no `sid`). A user's token is refused with 403, whatever its roles.
 */
export function Internal(...callers: readonly [string, ...string[]]): ClassDecorator & MethodDecorator {
  return withAccess({ kind: 'internal', callers });
}

/**
 * On a controller or method, alone or beside `@Roles()`: the session must have stepped up in the last `withinMs`
 * milliseconds (default 5 minutes; signing in does not count), else 403 `ERR_STEP_UP_REQUIRED` with the challenge of RFC 9470.
 */
export function StepUp(withinMs = 300_000): ClassDecorator & MethodDecorator {
  return withStepUp(withinMs);
}

/**
 * On a controller or method: also for a session whose level was taken away (`SessionManager.demandStepUp`). Default: such
 * a session calls routes with the policy `read` and no others; 403 `ERR_STEP_UP_REQUIRED`.
 */
export function AtAnyLevel(): ClassDecorator & MethodDecorator {
  return SetMetadata(ANY_LEVEL, true);
}

/**
 * On a method beside what it wants of a session: also for another program, whose own token has this scope and no other
 * (`scope` of RFC 6749 section 3.3, no `sid`). Neither a role nor a step-up is asked of it. Such a token opens nothing else.
 */
export function ClientScope(scope: string): MethodDecorator {
  return SetMetadata(CLIENT_SCOPE, scope);
}

/**
 * On a controller or method: how much it depends on the session being true at this very moment, and so for how long it
 * goes on while the store is away: `critical` 1 s, `write` 10 s, `read` 60 s after the session was last confirmed
 * (`STALENESS_BOUND_MS`); then 503 `ERR_STORE_UNAVAILABLE`. Default: `read` for safe methods, `write` for others,
 * `critical` with `@StepUp()`.
 */
export function SessionPolicy(policy: RoutePolicy): ClassDecorator & MethodDecorator {
  return withPolicy(policy);
}

/** Parameter: the caller's `ActiveSession`. Where there is none (a public route), 401 `ERR_UNAUTHENTICATED`. */
export const CurrentSession: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, context: ExecutionContext): ActiveSession => {
    const session = sessionOf(context);
    if (session === undefined) throw new UnauthenticatedError('This needs a session.');
    return session;
  },
);

const injectSession = createParamDecorator((_data: unknown, context: ExecutionContext) => sessionOf(context));

/** Parameter on a `@Public()` route: the caller's `ActiveSession`, or `undefined` without a good credential. */
export function OptionalSession(): ParameterDecorator {
  return (target, key, index) => {
    if (key !== undefined) hintOptional(Reflect.get(target, key) as object);
    injectSession()(target, key, index);
  };
}

function sessionOf(context: ExecutionContext): ActiveSession | undefined {
  return requestOf(context).session;
}
