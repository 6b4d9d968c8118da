import type { RoutePolicy } from '@holdfast/session-core';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { RouteAccess } from './admission.js';
import type { SessionAccess } from './route-config.js';

/** Metadata key of a `RouteAccess`; a method's own counts before its controller's. */
export const ROUTE_ACCESS = 'holdfast:route-access';

/** Metadata key of how long ago a step-up may be, in milliseconds; a method's own counts before its controller's. */
export const STEP_UP = 'holdfast:step-up';

/** Metadata key of the scope with which another program may call a route as well. */
export const CLIENT_SCOPE = 'holdfast:client-scope';

/** Metadata key of a route that a session without a level may call although it writes. */
export const ANY_LEVEL = 'holdfast:any-level';

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
    const handlers = descriptor ? [subject] : methodsWithoutAccess(subject);
    for (const each of [subject, ...handlers]) refuseForgottenStepUp(access, each);
    if (access.kind === 'public') for (const each of handlers) hint(each, 'public');
  };
}

/**
 * Decorates a controller or a method with how fresh a step-up must be, beside the roles that it wants.
 * @throws TypeError for less than a second, and where no user is asked for
 */
export function withStepUp(withinMs: number): Decorator {
  if (!Number.isSafeInteger(withinMs) || withinMs < 1_000) {
    throw new TypeError('@StepUp() takes whole milliseconds, 1,000 or more.');
  }
  return (target: object, _property?: string | symbol, descriptor?: PropertyDescriptor) => {
    const subject = descriptor ? (descriptor.value as object) : target;
    Reflect.defineMetadata(STEP_UP, withinMs, subject);
    refuseForgottenStepUp(Reflect.getOwnMetadata(ROUTE_ACCESS, subject) as RouteAccess | undefined, subject);
    for (const each of descriptor ? [subject] : methodsOf(subject)) hintPolicy(each, 'critical');
  };
}

/** Decorates a controller or a method with its policy; a method's own counts before its controller's. */
export function withPolicy(policy: RoutePolicy): Decorator {
  return (target: object, _property?: string | symbol, descriptor?: PropertyDescriptor) => {
    for (const each of descriptor ? [descriptor.value as object] : methodsOf(target))
      hintPolicy(each, policy);
  };
}

/** Without a user there is nobody to step up: the guard would let everybody past a decorator that looks like a lock. */
function refuseForgottenStepUp(access: RouteAccess | undefined, subject: object): void {
  const asksForNoUser = access?.kind === 'public' || access?.kind === 'internal';
  if (asksForNoUser && Reflect.hasOwnMetadata(STEP_UP, subject)) {
    throw new TypeError('A route with @StepUp() is neither @Public() nor @Internal().');
  }
}

/** The methods that a controller's access is for. They are decorated before their class. */
function methodsWithoutAccess(controller: object): object[] {
  return methodsOf(controller).filter((method) => !Reflect.hasOwnMetadata(ROUTE_ACCESS, method));
}

function methodsOf(controller: object): object[] {
  const { prototype } = controller as { readonly prototype: object };
  return Object.values(Object.getOwnPropertyDescriptors(prototype))
    .map(({ value }) => value as unknown)
    .filter((value): value is object => typeof value === 'function');
}

/** Notes on a handler that its parameters want the session if there is one. */
export function hintOptional(handler: object): void {
  hint(handler, 'optional');
}

function hint(handler: object, access: SessionAccess): void {
  const config = configOf(handler);
  // Parameters are decorated before their method: what they want stays.
  const sessionAccess = config?.sessionAccess ?? access;
  Reflect.defineMetadata(ROUTE_CONFIG, { ...config, sessionAccess }, handler);
}

/** What stands there already is the method's own, or stricter: a step-up. */
function hintPolicy(handler: object, policy: RoutePolicy): void {
  const config = configOf(handler);
  const sessionPolicy = config?.sessionPolicy ?? policy;
  Reflect.defineMetadata(ROUTE_CONFIG, { ...config, sessionPolicy }, handler);
}

function configOf(handler: object): FastifyContextConfig | undefined {
  return Reflect.getMetadata(ROUTE_CONFIG, handler) as FastifyContextConfig | undefined;
}
