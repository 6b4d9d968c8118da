import {
  ERRORS,
  isOAuthRoute,
  problemDocument,
  type ErrorCode,
  type ProblemExtensions,
} from '@holdfast/contracts';
import { EndedSessionError } from '@holdfast/session-nest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';

/** What RFC 6749 5.2 calls `invalid_request`. */
const INVALID_REQUEST: ReadonlySet<ErrorCode> = new Set([
  'ERR_VALIDATION',
  'ERR_BAD_REQUEST',
  'ERR_MEDIA_TYPE',
]);

/**
 * Answers an error as a problem document (RFC 9457), or, where an OAuth client's request is invalid, as RFC 6749
 * says. Faults of 500 and up are logged, and so is the end of a session that answers one, with the id of the request.
 */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, detail, extensions, headers } = problemOf(error);
  const { status } = ERRORS[code];
  // What the strategy cannot do is no fault of anybody.
  if (status >= 500 && code !== 'ERR_STRATEGY_UNSUPPORTED')
    request.log[code === 'ERR_INTERNAL' ? 'error' : 'warn']({ err: error, code }, 'request failed');
  if (code === 'ERR_SESSION_ENDED') logEnd(error, extensions, request);
  if (reply.raw.headersSent) {
    // Too late for an answer: a cut connection says that this one is not complete.
    reply.raw.destroy();
    return;
  }
  // The route may have said already that its answer is to be kept.
  reply.header('cache-control', 'no-store');
  if (isOAuth(request) && INVALID_REQUEST.has(code)) {
    sendInvalidRequest(detail, reply);
    return;
  }
  const { retryAfterSeconds, allow } = extensions;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterSeconds)));
  if (allow !== undefined) reply.header('allow', allow.join(', '));
  reply
    .headers(headers)
    .code(status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemDocument(code, detail, request.id, extensions)));
}

/** "Why was I signed out?" is asked of the log, too. The public id names the session and opens nothing. */
function logEnd(error: unknown, { endedBecause, endedAt }: ProblemExtensions, request: FastifyRequest): void {
  const sessionId = error instanceof EndedSessionError ? error.sessionId : request.session?.sessionId;
  request.log.info({ sessionId, endedBecause, endedAt }, 'refused: the session has ended');
}

function isOAuth({ routeOptions }: FastifyRequest): boolean {
  const { contract } = routeOptions.config;
  return contract !== undefined && isOAuthRoute(contract);
}

function sendInvalidRequest(description: string, reply: FastifyReply): void {
  reply
    .code(400)
    .header('pragma', 'no-cache')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ error: 'invalid_request', error_description: description }));
}
