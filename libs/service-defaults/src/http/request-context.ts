import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';

type Headers = Readonly<Record<string, string>>;

const NONE: Headers = {};
/** W3C Trace Context 3.2.2. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const context = new AsyncLocalStorage<Headers>();

/**
 * The headers that say on whose behalf this code runs: `x-request-id` and, where a valid one came, `traceparent` of
 * the request that is being served. None outside of one. Calls to other services carry them, so that one id finds
 * everything that a request caused in every log.
 */
export function travellingHeaders(): Headers {
  return context.getStore() ?? NONE;
}

/** From here on whatever a request causes knows which one that was. Before the hooks that need it. */
export function installRequestContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its connection, where other requests came before: enter again after that.
  fastify.addHook('preValidation', enter);
}

function enter(request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void {
  context.run(headersOf(request), done);
}

function headersOf({ id, headers: { traceparent } }: FastifyRequest): Headers {
  return typeof traceparent === 'string' && TRACEPARENT.test(traceparent)
    ? { 'x-request-id': id, traceparent }
    : { 'x-request-id': id };
}
