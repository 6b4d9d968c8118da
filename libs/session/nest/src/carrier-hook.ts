import { Carrier, type Carriers } from '@holdfast/session-token';
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import type { ActiveSession } from './active-session.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What this request carries of its session (strategy `token`). */
    carrier: Carrier | undefined;
  }
}

/** How clients carry their data (strategy `token`). */
export interface CarriedData {
  readonly carriers: Carriers;
  /** The header that has it on the way in, and for API clients on the way out; in lower case. */
  readonly header: string;
  /** Whether a client is a browser: it keeps the data in a cookie, which the gateway makes that header of. */
  readonly isBrowser: (clientId: string) => boolean;
  /** The `Set-Cookie` that hands a browser its data. `maxAgeSeconds`: default, until it is closed. */
  readonly cookie: (sealed: string, maxAgeSeconds?: number) => string;
}

/**
 * Gives each request that has a session a `Carrier`, and its answer what that is to give back. After the session hook.
 * Nothing is opened before a route asks for it.
 */
export function installCarrierHook(fastify: FastifyInstance, carried: CarriedData): void {
  const enter = (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    if (request.session) request.carrier ??= carrierOf(request, request.session, carried);
    if (request.carrier) carried.carriers.run(request.carrier, done);
    else done();
  };
  fastify.decorateRequest('carrier', undefined);
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its connection, where other requests came before: enter again after that.
  fastify.addHook('preValidation', enter);
  fastify.addHook('onSend', async ({ carrier }, reply) => {
    if (carrier?.returned) giveBack(reply, carrier.returned, carried);
  });
}

function carrierOf({ headers }: FastifyRequest, session: ActiveSession, carried: CarriedData): Carrier {
  const presented = headers[carried.header];
  const isBrowser = carried.isBrowser(session.clientId);
  return new Carrier({ ...session, isBrowser }, typeof presented === 'string' ? presented : undefined);
}

function giveBack(
  reply: FastifyReply,
  { session, sealed }: NonNullable<Carrier['returned']>,
  { header, cookie }: CarriedData,
): void {
  if (!session.isBrowser) reply.header(header, sealed);
  else
    reply.header(
      'set-cookie',
      cookie(sealed, session.rememberMe ? secondsUntil(session.expiresAt) : undefined),
    );
}

function secondsUntil(expiresAt: number): number {
  return Math.max(Math.floor((expiresAt - Date.now()) / 1000), 1);
}
