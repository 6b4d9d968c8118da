import { systemClock, type Clock } from '@holdfast/session-core';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { ActiveSession } from './active-session.js';
import type { Credential } from './credential.js';
import {
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  StepUpRequiredError,
  UnauthenticatedError,
} from './errors.js';
import {
  ANY_LEVEL,
  CLIENT_SCOPE,
  policyOfMethod,
  ROUTE_ACCESS,
  STEP_UP,
  type RouteAccess,
} from './route-access.js';

/** The level that a step-up gives; a second factor at sign-in gives it as well, but is no step-up. */
const STEPPED_UP_ACR = 2;

/**
 * Decides who gets in, on every route of the application: a live session unless the route says otherwise by
 * `@Public()`, `@Roles()` or `@Internal()`; a fresh step-up besides where it says `@StepUp()`; another program's token
 * instead where it says `@ClientScope()`. Never 401 because the store or the keys are away.
 */
export class SessionGuard implements CanActivate {
  readonly #rules = new Map<object, Map<object, Rules>>();

  /** @param clock - tells how old a step-up is; default: the system's clock */
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock = systemClock,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { credential } = request;
    const { access, withinMs, atAnyLevel, scope } = this.#rulesOf(context);
    if (access?.kind === 'public') return true;
    if (access?.kind === 'internal') {
      requireCaller(credential, access.callers);
      return true;
    }
    if (credential?.kind === 'client' && credential.scope === scope) return true;
    const session = requireSession(credential);
    // The role first: who has it not is not asked for a password in vain.
    if (access?.kind === 'roles') requireRole(session, access.roles);
    if (!atAnyLevel) requireLevel(session, request);
    if (withinMs !== undefined) requireStepUp(session, withinMs, this.clock.now());
    return true;
  }

  /** They are what a route was decorated with: the same each time. */
  #rulesOf(context: ExecutionContext): Rules {
    const controller = context.getClass();
    const handler = context.getHandler();
    const known = this.#rules.get(controller)?.get(handler);
    if (known) return known;
    const rules = {
      access: this.#metadata<RouteAccess>(ROUTE_ACCESS, context),
      withinMs: this.#metadata<number>(STEP_UP, context),
      atAnyLevel: this.#metadata<boolean>(ANY_LEVEL, context) ?? false,
      scope: this.#metadata<string>(CLIENT_SCOPE, context),
    };
    const ofController = this.#rules.get(controller) ?? new Map<object, Rules>();
    this.#rules.set(controller, ofController.set(handler, rules));
    return rules;
  }

  #metadata<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

/** What a route wants. */
interface Rules {
  readonly access: RouteAccess | undefined;
  /** How long ago a step-up may be. */
  readonly withinMs: number | undefined;
  /** A session whose level was taken away may call it although it writes. */
  readonly atAnyLevel: boolean;
  /** The scope with which another program may call it as well. */
  readonly scope: string | undefined;
}

function requireSession(credential: Credential | undefined): ActiveSession {
  if (credential?.kind === 'session') return credential.session;
  if (isProgram(credential)) throw new ForbiddenError('A token of a program opens no user route.');
  throw refusalOf(credential);
}

function requireRole({ roles }: ActiveSession, required: readonly string[]): void {
  if (!required.some((role) => roles.includes(role))) {
    throw new ForbiddenError('This needs a role that the session does not have.');
  }
}

/** Of a user's session at level 0 the level was taken away: it reads, and no more until it steps up. */
function requireLevel({ acr, isGuest }: ActiveSession, { method, routeOptions }: FastifyRequest): void {
  if (acr > 0 || isGuest) return;
  const policy = routeOptions.config.sessionPolicy ?? policyOfMethod(method);
  if (policy !== 'read') throw new StepUpRequiredError();
}

function requireStepUp({ acr, steppedUpAt = -Infinity }: ActiveSession, withinMs: number, now: number): void {
  if (acr < STEPPED_UP_ACR || steppedUpAt < now - withinMs) throw new StepUpRequiredError(withinMs);
}

function requireCaller(credential: Credential | undefined, callers: readonly string[]): void {
  if (credential?.kind === 'service' && callers.includes(credential.clientId)) return;
  if (credential?.kind === 'session' || isProgram(credential)) {
    throw new ForbiddenError('This is for other services of the platform only.');
  }
  throw refusalOf(credential);
}

/** No user: a service of the platform, or another program. */
type Program = Extract<Credential, { kind: 'service' | 'client' }>;

function isProgram(credential: Credential | undefined): credential is Program {
  return credential?.kind === 'service' || credential?.kind === 'client';
}

function refusalOf(credential: Exclude<Credential, Program | { kind: 'session' }> | undefined): unknown {
  switch (credential?.kind) {
    case 'unavailable':
      return credential.cause;
    case 'ended':
      return new EndedSessionError(credential.ended, credential.sessionId);
    case 'ambiguous':
      return new AmbiguousCredentialsError();
    case 'refused':
      return new UnauthenticatedError(credential.detail, credential.error);
    default:
      return new UnauthenticatedError('This needs an access token.');
  }
}
