import { systemClock } from '@holdfast/session-core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AccessTokenVerifier } from './access-token-verifier.js';
import type { ActiveSession } from './active-session.js';
import { admit } from './admission.js';
import { UnauthenticatedError } from './errors.js';
import { installSessionHook } from './session-hook.js';
import { answerSessionError } from './session-problem.js';
import { noteActivity, type StandaloneSessionOptions } from './standalone-sessions.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Roles of which a session must have one. For an application without Nest. Default: any session enters. */
    sessionRoles?: readonly [string, ...string[]];
    /** How long ago the step-up of a session may be, in milliseconds. For an application without Nest. Default: none is asked for. */
    sessionStepUpMs?: number;
  }
}

/**
 * Sessions for a Fastify application without Nest: a hook finds the session of each request (`request.session`), and lets in
 * who has a live one, unless the route's `config` says `sessionAccess: 'public'` or `'optional'`; `sessionRoles` and
 * `sessionStepUpMs` ask for more. Who is refused gets a problem document. Activity is noted, and the store is closed with the
 * application. Call it before routes are declared.
 *
 * For errors that a handler meets, such as those of `SessionManager`, call `answerSessionError` in the application's error handler.
 */
export function installSessions(fastify: FastifyInstance, options: StandaloneSessionOptions): void {
  const { sessions, tokens, clock = systemClock } = options;
  const verifier = new AccessTokenVerifier({ ...tokens, clock });
  installSessionHook(fastify, { verifier, manager: sessions.manager }, (request, reply, config) => {
    const { sessionAccess, sessionRoles: roles, sessionStepUpMs: withinMs } = config;
    if (request.session) noteActivity(request.session, options);
    if (sessionAccess === 'optional') return true;
    try {
      admit(request, { access: roles && { kind: 'roles', roles }, withinMs }, clock);
      return true;
    } catch (error) {
      if (!answerSessionError(error, reply)) void reply.send(error);
      return false;
    }
  });
  fastify.addHook('onClose', async () => sessions.close?.());
}

/** The live session of a request. Throws an `UnauthenticatedError` where there is none, as a route may have that is open to others too. */
export function sessionOf({ session }: Pick<FastifyRequest, 'session'>): ActiveSession {
  if (!session) throw new UnauthenticatedError('This needs an access token.');
  return session;
}
