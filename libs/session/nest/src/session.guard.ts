import { systemClock, type Clock } from '@holdfast/session-core';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { admit, type RouteAccess, type RouteRules } from './admission.js';
import { ANY_LEVEL, CLIENT_SCOPE, ROUTE_ACCESS, STEP_UP } from './route-access.js';
import { requestOf } from './request-of.js';

/**
 * Decides who gets in, on every route of the application: a live session unless the route says otherwise by
 * `@Public()`, `@Roles()` or `@Internal()`; a fresh step-up besides where it says `@StepUp()`; another program's token
 * instead where it says `@ClientScope()`. Never 401 because the store or the keys are away.
 */
export class SessionGuard implements CanActivate {
  readonly #rules = new Map<object, Map<object, RouteRules>>();

  /** @param clock - tells how old a step-up is; default: the system's clock */
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock = systemClock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    admit(requestOf(context), this.#rulesOf(context), this.clock);
    return true;
  }

  /** They are what a route was decorated with: the same each time. */
  #rulesOf(context: ExecutionContext): RouteRules {
    const controller = context.getClass();
    const handler = context.getHandler();
    const known = this.#rules.get(controller)?.get(handler);
    if (known) return known;
    const rules = {
      access: this.#metadata<RouteAccess>(ROUTE_ACCESS, context),
      withinMs: this.#metadata<number>(STEP_UP, context),
      atAnyLevel: this.#metadata<boolean>(ANY_LEVEL, context),
      scope: this.#metadata<string>(CLIENT_SCOPE, context),
    };
    const ofController = this.#rules.get(controller) ?? new Map<object, RouteRules>();
    this.#rules.set(controller, ofController.set(handler, rules));
    return rules;
  }

  #metadata<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
