import type { FastifyInstance } from 'fastify';
import { credentialOf, type Credential, type CredentialSources } from './credential.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What came of the credential; `undefined` where nobody looked (a public route). */
    credential: Credential | undefined;
  }
}

/**
 * Installs the `onRequest` hook that resolves credentials, before Nest routes anything. Skips routes whose Fastify
 * config says `sessionAccess: 'public'` and unknown ones; refuses nobody: that is the guard's.
 */
export function installSessionHook(fastify: FastifyInstance, sources: CredentialSources): void {
  fastify.decorateRequest('credential', undefined);
  fastify.decorateRequest('session', undefined);
  fastify.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.sessionAccess === 'public') return;
    const credential = await credentialOf(request, sources);
    request.credential = credential;
    if (credential.kind === 'session') request.session = credential.session;
  });
}
