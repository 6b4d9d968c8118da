import type { EndedSession } from '@holdfast/session-core';

/** Headers that an answer with this error carries. */
type AnswerHeaders = Readonly<Record<string, string>>;

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
  readonly headers: AnswerHeaders = { 'www-authenticate': challenge('invalid_token') };
  readonly extensions: { readonly endedBecause?: string; readonly endedAt?: string };

  constructor(ended?: EndedSession) {
    super('The session of this token has ended.');
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

function challenge(error?: string): string {
  return error === undefined ? 'Bearer realm="holdfast"' : `Bearer realm="holdfast", error="${error}"`;
}
