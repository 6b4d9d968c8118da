import { clearedSessionCookie } from '@holdfast/contracts';
import { StoreUnavailableError, type EndedSession } from '@holdfast/session-core';
import { AmbiguousCredentialsError, EndedSessionError, UnauthenticatedError } from '@holdfast/session-nest';
import type { GatewayProblem } from '../http/send-problem.js';

const RETRY_AFTER_SECONDS = 1;
const CLEARED: readonly string[] = ['set-cookie', clearedSessionCookie()];
const { code: ambiguous } = new AmbiguousCredentialsError();

/** Two credentials in one request may name two users. */
export const AMBIGUOUS: GatewayProblem = {
  code: ambiguous,
  detail:
    'The request has more than one credential: a session cookie beside a second one or an Authorization header.',
};

/** A request of another site, sent with our cookie by a browser that was not asked. */
export const FOREIGN: GatewayProblem = {
  code: 'ERR_CSRF',
  detail: 'Nothing says that this request with a session cookie comes from our own origin.',
};

/** Another site that signs its visitor in. */
export const FOREIGN_BEGINNING: GatewayProblem = {
  code: 'ERR_CSRF',
  detail: 'A session cannot be begun from another origin.',
};

/** A cookie that is none of ours, or no longer. */
export function unknownProblem(clearsCookie: boolean): GatewayProblem {
  const error = new UnauthenticatedError('The session cookie is not one of ours, or no longer.');
  return { code: 'ERR_UNAUTHENTICATED', detail: error.detail, headers: headersOf(error, clearsCookie) };
}

/** A cookie whose session is over, with the reason. */
export function endedProblem(ended: EndedSession, clearsCookie: boolean): GatewayProblem {
  const error = new EndedSessionError(ended);
  const detail = 'The session of this cookie has ended.';
  return { code: error.code, detail, members: error.extensions, headers: headersOf(error, clearsCookie) };
}

/** Whoever would know cannot answer. Never 401: the cookie may be as good as ever. */
export function unavailableProblem(error: unknown): GatewayProblem {
  const retryAfterSeconds = RETRY_AFTER_SECONDS;
  return error instanceof StoreUnavailableError
    ? { code: error.code, detail: 'The session store cannot answer at the moment.', retryAfterSeconds }
    : {
        code: 'ERR_UPSTREAM_UNAVAILABLE',
        detail: 'The session cookie cannot be exchanged at the moment.',
        retryAfterSeconds,
      };
}

function headersOf(
  { headers }: UnauthenticatedError | EndedSessionError,
  clearsCookie: boolean,
): readonly string[] {
  return [...Object.entries(headers).flat(), ...(clearsCookie ? CLEARED : [])];
}
