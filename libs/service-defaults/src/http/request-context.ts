import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActiveSession } from '@holdfast/session-nest';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';

type Headers = Readonly<Record<string, string>>;

const NONE: Headers = {};
/** W3C Trace Context 3.2.2. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;
const context = new AsyncLocalStorage<FastifyRequest>();

/**
 * The headers that say on whose behalf this code runs: `x-request-id` and, where a valid one came, `traceparent` of
 * the request that is being served. None outside of one. Calls to other services carry them, so that one id finds
 * everything that a request caused in every log.
 */
export function travellingHeaders(): Headers {
  const request = context.getStore();
  if (!request) return NONE;
  const traceparent = traceparentOf(request);
  return { 'x-request-id': request.id, ...(traceparent && { traceparent: traceparent[0] }) };
}

/** On whose behalf this code runs, for who writes down what happened. */
export interface RequestOrigin {
  readonly requestId: string;
  /** 32 hexadecimal digits (W3C Trace Context 3.2.2.3). */
  readonly traceId?: string;
  /** The address that the gateway saw, without a port. */
  readonly ip: string;
  /** As it came; empty without one. */
  readonly userAgent: string;
  /** Whose session the request came with. */
  readonly session?: Pick<ActiveSession, 'userId' | 'sessionId' | 'isGuest'>;
}

/** Where the request that is being served comes from; `undefined` outside of one. */
export function requestOrigin(): RequestOrigin | undefined {
  const request = context.getStore();
  if (!request) return undefined;
  const traceId = traceparentOf(request)?.[1];
  const { id: requestId, ip, headers, session } = request;
  return {
    requestId,
    ...(traceId !== undefined && { traceId }),
    ip,
    userAgent: headers['user-agent'] ?? '',
    ...(session && { session }),
  };
}

/** From here on whatever a request causes knows which one that was. Before the hooks that need it. */
export function installRequestContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its connection, where other requests came before: enter again after that.
  fastify.addHook('preValidation', enter);
}

function enter(request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void {
  context.run(request, done);
}

function traceparentOf({ headers: { traceparent } }: FastifyRequest): RegExpExecArray | undefined {
  return (typeof traceparent === 'string' && TRACEPARENT.exec(traceparent)) || undefined;
}
