import { AsyncLocalStorage } from 'node:async_hooks';
import { DEADLINE_HEADER } from '@holdfast/balancer-undici';
import { CodedError } from '@holdfast/contracts';
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify';

type Headers = Readonly<Record<string, string>>;

/** A request that is being served. */
interface Context {
  readonly headers: Headers;
  /** When its caller stops waiting, by `performance.now()`. Goes with the answer: what it began may outlive it. */
  deadlineAt?: number | undefined;
}

const NONE: Headers = {};
/** W3C Trace Context 3.2.2. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
const DEADLINE = /^\d{1,9}$/;
const context = new AsyncLocalStorage<Context>();
const contexts = new WeakMap<FastifyRequest, Context>();

/**
 * The headers that say on whose behalf this code runs: `x-request-id` and, where valid ones came, `traceparent` and what
 * remains of `x-deadline-ms` of the request that is being served. None outside of one. Calls to other services carry
 * them, so that one id finds everything that a request caused in every log, and nobody works for who has given up.
 */
export function travellingHeaders(): Headers {
  const headers = context.getStore()?.headers ?? NONE;
  const leftMs = remainingMs();
  return leftMs === undefined ? headers : { ...headers, [DEADLINE_HEADER]: String(Math.ceil(leftMs)) };
}

/**
 * How long the caller of the request that is being served still waits, in milliseconds, 0 at least. `undefined` outside
 * of one, after its answer, and if the caller has not said.
 */
export function remainingMs(): number | undefined {
  const deadlineAt = context.getStore()?.deadlineAt;
  return deadlineAt === undefined ? undefined : Math.max(0, deadlineAt - performance.now());
}

/** Does what is not for this request alone: who waits for it too may have more time. */
export function withoutDeadline<T>(act: () => T): T {
  const current = context.getStore();
  return current?.deadlineAt === undefined ? act() : context.run({ headers: current.headers }, act);
}

/** From here on whatever a request causes knows which one that was. Before the hooks that need it. */
export function installRequestContext(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', enter);
  // A body is read in the context of its connection, where other requests came before: enter again after that.
  fastify.addHook('preValidation', enter);
  fastify.addHook('onResponse', async (request) => {
    const served = contexts.get(request);
    if (served) served.deadlineAt = undefined;
  });
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

function enter(request: FastifyRequest, _reply: unknown, done: HookHandlerDoneFunction): void {
  const entered = contexts.get(request) ?? contextOf(request);
  contexts.set(request, entered);
  context.run(entered, done);
}

function contextOf({ id, headers }: FastifyRequest): Context {
  const { traceparent, [DEADLINE_HEADER]: deadlineMs } = headers;
  const isTraced = typeof traceparent === 'string' && TRACEPARENT.test(traceparent);
  return {
    headers: isTraced ? { 'x-request-id': id, traceparent } : { 'x-request-id': id },
    ...(typeof deadlineMs === 'string' &&
      DEADLINE.test(deadlineMs) && { deadlineAt: performance.now() + Number(deadlineMs) }),
  };
}
