import {
  LedgerUnavailableError,
  SessionEndedError,
  SessionUnknownError,
  StoreUnavailableError,
} from '@holdfast/session-core';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  AmbiguousCredentialsError,
  EndedSessionError,
  ForbiddenError,
  KeysUnavailableError,
  StepUpRequiredError,
  UnauthenticatedError,
} from './errors.js';

const FAULTS = [
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

type SessionFault = InstanceType<(typeof FAULTS)[number]>;

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
 * Answers the errors of sessions, and no others: a problem document (RFC 9457) with the stable `code`, the challenge
 * of a 401 or 403, `retry-after` with a 503. For an application that has no filter of its own for them.
 */
@Catch(...FAULTS)
export class SessionErrorFilter implements ExceptionFilter<SessionFault> {
  catch(thrown: SessionFault, host: ArgumentsHost): void {
    const error = inHttp(thrown);
    const { code } = error;
    const status = SESSION_ERROR_STATUS[code];
    // The message of a store that is away is for the log.
    const detail = 'detail' in error ? error.detail : 'Sessions cannot be looked up at the moment.';
    const ending = error instanceof EndedSessionError ? error.extensions : {};
    const problem = { type: `urn:holdfast:error:${code}`, status, code, detail, ...ending };
    host
      .switchToHttp()
      .getResponse<FastifyReply>()
      .code(status)
      .headers({ 'cache-control': 'no-store', ...(status === 503 && { 'retry-after': '1' }) })
      .headers('headers' in error ? error.headers : {})
      .type('application/problem+json; charset=utf-8')
      .send(JSON.stringify(problem));
  }
}

/** The core knows no HTTP: what it says of an ended session is answered like what the guard says. */
function inHttp(error: SessionFault): SessionFault {
  if (error instanceof SessionEndedError) return new EndedSessionError(error.ended);
  return error instanceof SessionUnknownError ? new EndedSessionError() : error;
}
