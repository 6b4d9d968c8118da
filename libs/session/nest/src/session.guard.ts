import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { ActiveSession } from './active-session.js';
import type { Credential } from './credential.js';
import {
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  UnauthenticatedError,
} from './errors.js';
import { ROUTE_ACCESS, type RouteAccess } from './route-access.js';

/**
 * Decides who gets in, on every route of the application: a live session unless the route says otherwise by
 * `@Public()`, `@Roles()` or `@Internal()`. Never 401 because the store or the keys are away.
 */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { credential } = context.switchToHttp().getRequest<FastifyRequest>();
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access?.kind === 'public') return true;
    if (access?.kind === 'internal') requireCaller(credential, access.callers);
    else if (access?.kind === 'roles') requireRole(requireSession(credential), access.roles);
    else requireSession(credential);
    return true;
  }
}

function requireSession(credential: Credential | undefined): ActiveSession {
  if (credential?.kind === 'session') return credential.session;
  if (credential?.kind === 'service') throw new ForbiddenError('A service token opens no user route.');
  throw refusalOf(credential);
}

function requireRole({ roles }: ActiveSession, required: readonly string[]): void {
  if (!required.some((role) => roles.includes(role))) {
    throw new ForbiddenError('This needs a role that the session does not have.');
  }
}

function requireCaller(credential: Credential | undefined, callers: readonly string[]): void {
  if (credential?.kind === 'service' && callers.includes(credential.clientId)) return;
  if (credential?.kind === 'session' || credential?.kind === 'service') {
    throw new ForbiddenError('This is for other services of the platform only.');
  }
  throw refusalOf(credential);
}

function refusalOf(credential: Exclude<Credential, { kind: 'session' | 'service' }> | undefined): unknown {
  switch (credential?.kind) {
    case 'unavailable':
      return credential.cause;
    case 'ended':
      return new EndedSessionError(credential.ended);
    case 'ambiguous':
      return new AmbiguousCredentialsError();
    case 'refused':
      return new UnauthenticatedError(credential.detail, credential.error);
    default:
      return new UnauthenticatedError('This needs an access token.');
  }
}
