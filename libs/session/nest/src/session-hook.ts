import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
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

/**
 * Installs the `onRequest` hook that resolves credentials, before Nest routes anything. Skips routes whose Fastify
 * config says `sessionAccess: 'public'` and unknown ones; refuses nobody: that is the guard's. Where the session was
 * confirmed more than a second ago, because the store is away, the answer says so: `x-session-age`, in milliseconds.
 */
export function installSessionHook(fastify: FastifyInstance, sources: CredentialSources): void {
  fastify.decorateRequest('credential', undefined);
  fastify.decorateRequest('session', undefined);
  // With a callback: who is near does not wait for a turn of the event loop.
  fastify.addHook('onRequest', (request, reply, done) => {
    const { sessionAccess, sessionPolicy } = request.routeOptions.config;
    if (request.is404 || sessionAccess === 'public') return done();
    const credential = credentialOf(request, sessionPolicy ?? policyOfMethod(request.method), sources);
    if (!(credential instanceof Promise)) {
      note(request, reply, credential);
      return done();
    }
    credential.then(
      (later) => {
        note(request, reply, later);
        done();
      },
      (error: unknown) => done(error as Error),
    );
  });
}

function note(request: FastifyRequest, reply: FastifyReply, credential: Credential): void {
  request.credential = credential;
  if (credential.kind !== 'session') return;
  request.session = credential.session;
  const { ageMs } = credential;
  if (ageMs > AGE_WORTH_SAYING_MS) reply.header('x-session-age', String(Math.ceil(ageMs)));
}
