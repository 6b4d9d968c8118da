import type { Clock } from '@holdfast/session-core';
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
import { policyOfMethod } from './route-config.js';

/** The level that a step-up gives; a second factor at sign-in gives it as well, but is no step-up. */
const STEPPED_UP_ACR = 2;

/** Who may call a route. Without one: any live session. */
export type RouteAccess =
  | { readonly kind: 'public' }
  | { readonly kind: 'roles'; readonly roles: readonly string[] }
  | { readonly kind: 'internal'; readonly callers: readonly string[] };

/** What a route wants. */
export interface RouteRules {
  readonly access: RouteAccess | undefined;
  /** How long ago a step-up may be, in milliseconds. Default: none is asked for. */
  readonly withinMs?: number | undefined;
  /** A session whose level was taken away may call it although it writes. Default: not. */
  readonly atAnyLevel?: boolean | undefined;
  /** The scope with which another program may call it as well. Default: none. */
  readonly scope?: string | undefined;
}

/**
 * Decides, by what the hook left on a request, whether it may enter a route. Throws what it is refused with, one of the
 * errors of this library or what the store said; never 401 because the store or the keys are away.
 *
 * @param clock - tells how old a step-up is
 */
export function admit(request: FastifyRequest, rules: RouteRules, clock: Clock): void {
  const { credential } = request;
  const { access, withinMs, atAnyLevel, scope } = rules;
  if (access?.kind === 'public') return;
  if (access?.kind === 'internal') return requireCaller(credential, access.callers);
  if (scope !== undefined && credential?.kind === 'client' && credential.scope === scope) return;
  const session = requireSession(credential);
  // The role first: who has it not is not asked for a password in vain.
  if (access?.kind === 'roles') requireRole(session, access.roles);
  if (!atAnyLevel) requireLevel(session, request);
  if (withinMs !== undefined) requireStepUp(session, withinMs, clock.now());
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
