import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { runInSpan } from './active-span.js';
import type { RequestSpan, Tracing } from './tracing.js';

/** From here on each request of `fastify` has a span, in which all runs that it causes. After the request's context. */
export function traceRequests(fastify: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  const enter = (request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction) => {
    const span = spans.get(request) ?? tracing.begin(request.raw);
    spans.set(request, span);
    runInSpan(span, done);
  };
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its connection.
  fastify.addHook('preValidation', enter);
  fastify.addHook('onResponse', (request, reply, done) => {
    spans.get(request)?.end(request.is404 ? undefined : request.routeOptions.url, reply.statusCode);
    done();
  });
  fastify.addHook('onClose', () => tracing.close());
}
