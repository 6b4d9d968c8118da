import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { credentialOf, type Credential, type CredentialSources } from './credential.js';
import { policyOfMethod } from './route-config.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What came of the credential; `undefined` where nobody looked (a public route). */
    credential: Credential | undefined;
  }
}

/** An answer says how old its decision is where that is more. */
const AGE_WORTH_SAYING_MS = 1_000;

/** Judges a request whose credential is known, if it is not on a public route; `false` if it has answered it. Default: it may go on. */
export type Judge = (request: FastifyRequest, reply: FastifyReply, config: FastifyContextConfig) => boolean;

/**
 * Installs the `onRequest` hook that resolves credentials, before anything is routed to a handler. Skips routes whose
 * Fastify config says `sessionAccess: 'public'` and unknown ones; refuses nobody by itself: that is the guard's, or `judge`'s.
 * Where the session was confirmed more than a second ago, because the store is away, the answer says so: `x-session-age`, in
 * milliseconds.
 */
export function installSessionHook(
  fastify: FastifyInstance,
  sources: CredentialSources,
  judge: Judge = goesOn,
): void {
  fastify.decorateRequest('credential', undefined);
  fastify.decorateRequest('session', undefined);
  // With a callback: who is near does not wait for a turn of the event loop.
  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.is404) return done();
    // Fastify makes it anew each time.
    const { config } = request.routeOptions;
    if (config.sessionAccess === 'public') return done();
    const credential = credentialOf(request, config.sessionPolicy ?? policyOfMethod(request.method), sources);
    const settle = (found: Credential) => {
      note(request, reply, found);
      if (judge(request, reply, config)) done();
    };
    if (credential instanceof Promise)
      credential.then(settle).catch((error: unknown) => done(error as Error));
    else settle(credential);
  });
}

function goesOn(): boolean {
  return true;
}

function note(request: FastifyRequest, reply: FastifyReply, credential: Credential): void {
  request.credential = credential;
  if (credential.kind !== 'session') return;
  request.session = credential.session;
  const { ageMs } = credential;
  if (ageMs > AGE_WORTH_SAYING_MS) reply.header('x-session-age', String(Math.ceil(ageMs)));
}
