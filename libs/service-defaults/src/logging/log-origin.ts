import type pino from 'pino';
import { requestOrigin } from '../http/request-context.js';
import { activeSpan, traceIdOf } from '../tracing/active-span.js';

/**
 * What a log line says of the request that it is about: its id, its trace's, and the public id of its session, which names
 * it and opens nothing. Made only for lines that are written.
 */
export function logOrigin(logger: Pick<pino.Logger, 'bindings'>): Record<string, string> {
  const origin = requestOrigin();
  const traceId = origin?.traceId ?? traceIdOf(activeSpan()?.traceparent);
  const named = 'requestId' in logger.bindings();
  return {
    ...(origin && !named && { requestId: origin.requestId }),
    ...(traceId !== undefined && { traceId }),
    ...(origin?.session && { sessionId: origin.session.sessionId }),
  };
}
