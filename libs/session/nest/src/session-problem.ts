import {
  LedgerUnavailableError,
  SessionEndedError,
  SessionUnknownError,
  StoreUnavailableError,
} from '@holdfast/session-core';
import type { FastifyReply } from 'fastify';
import {
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  KeysUnavailableError,
  StepUpRequiredError,
  UnauthenticatedError,
} from './errors.js';

/** The errors that sessions refuse with, or are away with. */
export const SESSION_FAULTS = [
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  KeysUnavailableError,
  LedgerUnavailableError,
  SessionEndedError,
  SessionUnknownError,
  StepUpRequiredError,
  StoreUnavailableError,
  UnauthenticatedError,
] as const;

/** One of them. */
export type SessionFault = InstanceType<(typeof SESSION_FAULTS)[number]>;

/** The HTTP status of each code that sessions refuse with. */
export const SESSION_ERROR_STATUS = {
  ERR_AMBIGUOUS_CREDENTIALS: 400,
  ERR_UNAUTHENTICATED: 401,
  ERR_SESSION_ENDED: 401,
  ERR_FORBIDDEN: 403,
  ERR_STEP_UP_REQUIRED: 403,
  ERR_STORE_UNAVAILABLE: 503,
  ERR_UPSTREAM_UNAVAILABLE: 503,
} as const satisfies Readonly<Record<SessionFault['code'], number>>;

/**
 * Answers an error of sessions: a problem document (RFC 9457) with the stable `code`, the challenge of a 401 or 403,
 * `retry-after` with a 503. `false` for any other error, and nothing is answered.
 */
export function answerSessionError(thrown: unknown, reply: FastifyReply): boolean {
  if (!isSessionFault(thrown)) return false;
  const error = inHttp(thrown);
  const { code } = error;
  const status = SESSION_ERROR_STATUS[code];
  // The message of a store that is away is for the log.
  const detail = 'detail' in error ? error.detail : 'Sessions cannot be looked up at the moment.';
  const ending = error instanceof EndedSessionError ? error.extensions : {};
  const problem = { type: `urn:holdfast:error:${code}`, status, code, detail, ...ending };
  void reply
    .code(status)
    .headers({ 'cache-control': 'no-store', ...(status === 503 && { 'retry-after': '1' }) })
    .headers('headers' in error ? error.headers : {})
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
  return true;
}

function isSessionFault(thrown: unknown): thrown is SessionFault {
  return SESSION_FAULTS.some((fault) => thrown instanceof fault);
}

/** The core knows no HTTP: what it says of an ended session is answered like what the guard says. */
function inHttp(error: SessionFault): SessionFault {
  if (error instanceof SessionEndedError) return new EndedSessionError(error.ended);
  return error instanceof SessionUnknownError ? new EndedSessionError() : error;
}
