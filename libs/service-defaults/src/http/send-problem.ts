import { ERRORS, problemDocument } from '@holdfast/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';

/** Answers an error as a problem document (RFC 9457). Faults of 500 and up are logged, with the id of the request. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { code, detail, extensions, headers } = problemOf(error);
  const { status } = ERRORS[code];
  if (status >= 500)
    request.log[code === 'ERR_INTERNAL' ? 'error' : 'warn']({ err: error, code }, 'request failed');
  if (reply.raw.headersSent) {
    // Too late for an answer: a cut connection says that this one is not complete.
    reply.raw.destroy();
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
