import { AsyncLocalStorage } from 'node:async_hooks';
import { DEADLINE_HEADER } from '@holdfast/balancer-http';
import { CodedError } from '@holdfast/contracts';
import type { ActiveSession } from '@holdfast/session-nest';
import { activeSpan, traceIdOf } from '../tracing/active-span.js';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';

type Headers = Readonly<Record<string, string>>;

const NONE: Headers = {};
const DEADLINE = /^\d{1,9}$/;
const context = new AsyncLocalStorage<FastifyRequest>();
/** By when the caller of a request stops waiting, by `performance.now()`. Gone with the answer: what it began may outlive it. */
const deadlines = new WeakMap<FastifyRequest, number>();
/** What runs here is not for its request alone. */
const shared = new AsyncLocalStorage<true>();

/**
 * The headers that say on whose behalf this code runs: `x-request-id` and, where valid ones came, `traceparent` and what
 * remains of `x-deadline-ms` of the request that is being served. None outside of one. Calls to other services carry
 * them, so that one id finds everything that a request caused in every log, and nobody works for who has given up.
 */
export function travellingHeaders(): Headers {
  const request = context.getStore();
  if (!request) return NONE;
  const traceparent = traceparentOf(request);
  const leftMs = remainingMs();
  return {
    'x-request-id': request.id,
    ...(traceparent !== undefined && { traceparent }),
    ...(leftMs !== undefined && { [DEADLINE_HEADER]: String(Math.ceil(leftMs)) }),
  };
}

/**
 * How long the caller of the request that is being served still waits, in milliseconds, 0 at least. `undefined` outside
 * of one, after its answer, and if the caller has not said.
 */
export function remainingMs(): number | undefined {
  const request = context.getStore();
  const deadlineAt = request && !shared.getStore() ? deadlines.get(request) : undefined;
  return deadlineAt === undefined ? undefined : Math.max(0, deadlineAt - performance.now());
}

/** Does what is not for this request alone: who waits for it too may have more time. */
export function withoutDeadline<T>(act: () => T): T {
  // Outside of a request there is none. The first `run` of a process makes Node 20 and 22 follow each callback from then
  // on, which a gateway worker, whose requests have no such context, would pay for with each of them.
  return context.getStore() ? shared.run(true, act) : act();
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
  const traceId = traceIdOf(traceparentOf(request));
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
  fastify.addHook('onRequest', async (request) => noteDeadline(request));
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its connection, where other requests came before: enter again after that.
  fastify.addHook('preValidation', enter);
  fastify.addHook('onResponse', async (request) => void deadlines.delete(request));
}

/** Requests whose caller has given up are answered 504, before anything is done for them. After the context. */
export function refuseOverdue(fastify: FastifyInstance): void {
  const refuse = async () => {
    if (remainingMs() === 0)
      throw new CodedError('ERR_UPSTREAM_TIMEOUT', 'The time for this request is over.');
  };
  fastify.addHook('onRequest', refuse);
  // Reading its body may have taken long.
  fastify.addHook('preValidation', refuse);
}

function noteDeadline(request: FastifyRequest): void {
  const deadlineMs = request.headers[DEADLINE_HEADER];
  if (typeof deadlineMs !== 'string' || !DEADLINE.test(deadlineMs)) return;
  deadlines.set(request, performance.now() + Number(deadlineMs));
}

function enter(request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void {
  context.run(request, done);
}

/** Of the span in which this code runs where it is traced, else the one that came, if it is valid. */
function traceparentOf({ headers: { traceparent } }: FastifyRequest): string | undefined {
  const ours = activeSpan()?.traceparent;
  if (ours !== undefined) return ours;
  return typeof traceparent === 'string' && traceIdOf(traceparent) !== undefined ? traceparent : undefined;
}
