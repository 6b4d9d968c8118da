import type { EndedSession } from '@holdfast/session-core';

/** Headers that an answer with this error carries. */
type AnswerHeaders = Readonly<Record<string, string>>;

/** The level that a step-up gives, as `acr_values` names it. */
const STEP_UP_ACR = '2';

/** No credential, or one that is not taken (RFC 6750 section 3). Code `ERR_UNAUTHENTICATED`. */
export class UnauthenticatedError extends Error {
  override readonly name = 'UnauthenticatedError';
  readonly code = 'ERR_UNAUTHENTICATED';
  readonly headers: AnswerHeaders;

  constructor(
    readonly detail: string,
    error?: 'invalid_request' | 'invalid_token',
  ) {
    super(detail);
    this.headers = { 'www-authenticate': challenge(error) };
  }
}

/** A bearer token and a session cookie in one request: nobody says which one counts. Code `ERR_AMBIGUOUS_CREDENTIALS`. */
export class AmbiguousCredentialsError extends Error {
  override readonly name = 'AmbiguousCredentialsError';
  readonly code = 'ERR_AMBIGUOUS_CREDENTIALS';
  readonly detail = 'The request has a bearer token and a session cookie.';

  constructor() {
    super('The request has a bearer token and a session cookie.');
  }
}

/** The token is genuine, its session is over. Code `ERR_SESSION_ENDED`; without a reason once its tombstone is gone. */
export class EndedSessionError extends Error {
  override readonly name = 'EndedSessionError';
  readonly code = 'ERR_SESSION_ENDED';
  readonly detail = 'The session of this token has ended.';
  readonly headers: AnswerHeaders;
  readonly extensions: { readonly endedBecause?: string; readonly endedAt?: string };

  /** @param sessionId - public id of the session, for the log; no answer shows it */
  constructor(
    ended?: Omit<EndedSession, 'state'>,
    readonly sessionId?: string,
  ) {
    super('The session of this token has ended.');
    const why = ended ? `The session ended: ${ended.because}` : 'The session ended';
    this.headers = { 'www-authenticate': challenge('invalid_token', { error_description: why }) };
    this.extensions = ended
      ? { endedBecause: ended.because, endedAt: new Date(ended.endedAt).toISOString() }
      : {};
  }
}

/** A genuine credential without what the route asks for. Code `ERR_FORBIDDEN`. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
  readonly code = 'ERR_FORBIDDEN';
  readonly headers: AnswerHeaders = { 'www-authenticate': challenge('insufficient_scope') };

  constructor(readonly detail: string) {
    super(detail);
  }
}

/**
 * The route wants the user to prove again who they are: `POST /auth/step-up`, then the same request with the new
 * token. The challenge is RFC 9470's; the status is 403, since the credential itself is good. Code `ERR_STEP_UP_REQUIRED`.
 */
export class StepUpRequiredError extends Error {
  override readonly name = 'StepUpRequiredError';
  readonly code = 'ERR_STEP_UP_REQUIRED';
  readonly detail: string;
  readonly headers: AnswerHeaders;

  /** @param withinMs - how long ago the step-up may be, in milliseconds; told in whole seconds. Default: at any time */
  constructor(withinMs?: number) {
    const maxAge = withinMs === undefined ? undefined : String(Math.floor(withinMs / 1000));
    super(maxAge ? `This needs a step-up in the last ${maxAge} s.` : 'This session has to step up first.');
    this.detail = this.message;
    const wanted = { error_description: this.message, acr_values: STEP_UP_ACR };
    this.headers = {
      'www-authenticate': challenge(
        'insufficient_user_authentication',
        maxAge ? { ...wanted, max_age: maxAge } : wanted,
      ),
    };
  }
}

/** The public keys cannot be had, so that nothing can be said of a token: 503, never 401. Code `ERR_UPSTREAM_UNAVAILABLE`. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly code = 'ERR_UPSTREAM_UNAVAILABLE';
  readonly detail = 'The keys that verify tokens cannot be fetched at the moment.';
  readonly extensions = { retryAfterSeconds: 1 };

  constructor(options?: ErrorOptions) {
    super('The key set cannot be fetched.', options);
  }
}

/** Values are ours and need no escapes. */
function challenge(error?: string, more: AnswerHeaders = {}): string {
  const parameters = { realm: 'holdfast', ...(error !== undefined && { error }), ...more };
  const pairs = Object.entries(parameters).map(([name, value]) => `${name}="${value}"`);
  return `Bearer ${pairs.join(', ')}`;
}
