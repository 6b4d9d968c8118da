/** One error that clients may meet: its HTTP status and title (RFC 9457), and the way out. */
interface ErrorDefinition {
  readonly status: number;
  readonly title: string;
  /** What the reader of the error can do; `docs/reference/errors.md` says the same. */
  readonly remedy: string;
}

/**
 * Every error code of the platform. Codes are stable: clients switch on them.
 * `docs/reference/errors.md` is compared with this table by a check.
 */
export const ERRORS = {
  ERR_VALIDATION: {
    status: 400,
    title: 'Invalid request',
    remedy: 'Correct the members named in `errors` and send it again.',
  },
  ERR_AMBIGUOUS_CREDENTIALS: {
    status: 400,
    title: 'Ambiguous credentials',
    remedy: 'Send a bearer token or the session cookie, never both.',
  },
  ERR_BAD_REQUEST: {
    status: 400,
    title: 'Bad request',
    remedy: 'Send well-formed HTTP/1.1: one Host, one length, a clean path.',
  },
  ERR_CREDENTIALS: {
    status: 401,
    title: 'Wrong e-mail or password',
    remedy: 'Check both, or reset the password.',
  },
  ERR_UNAUTHENTICATED: {
    status: 401,
    title: 'Authentication required',
    remedy: 'Sign in, or refresh the access token, and send it as a bearer token.',
  },
  ERR_SESSION_ENDED: {
    status: 401,
    title: 'Session ended',
    remedy: 'Sign in again; `endedBecause` says why it ended.',
  },
  ERR_FORBIDDEN: {
    status: 403,
    title: 'Forbidden',
    remedy: 'Ask an administrator for the role that this needs.',
  },
  ERR_STEP_UP_REQUIRED: {
    status: 403,
    title: 'Step-up required',
    remedy: 'POST /auth/step-up with the password, then repeat.',
  },
  ERR_CSRF: {
    status: 403,
    title: 'Cross-site request refused',
    remedy: 'Send unsafe cookie requests from the own origin only.',
  },
  ERR_NOT_FOUND: {
    status: 404,
    title: 'Not found',
    remedy: 'Check the path and the id; what belongs to others is not found either.',
  },
  ERR_METHOD: {
    status: 405,
    title: 'Method not allowed',
    remedy: 'Use one of the methods in the Allow header.',
  },
  ERR_REQUEST_TIMEOUT: { status: 408, title: 'Request timeout', remedy: 'Send the whole request faster.' },
  ERR_CONFLICT: {
    status: 409,
    title: 'Conflict',
    remedy: 'Read the current state, then repeat with its version or with a new key.',
  },
  ERR_BODY_TOO_LARGE: {
    status: 413,
    title: 'Body too large',
    remedy: 'Send 64 KiB or less.',
  },
  ERR_SESSION_DATA_TOO_LARGE: {
    status: 413,
    title: 'Session data too large',
    remedy: 'Keep less in the session: a client carries 4,000 characters of it, sealed.',
  },
  ERR_MEDIA_TYPE: {
    status: 415,
    title: 'Unsupported media type',
    remedy: 'Send the content type that the route documents, usually application/json.',
  },
  ERR_RATE_LIMITED: { status: 429, title: 'Too many requests', remedy: 'Wait as long as Retry-After says.' },
  ERR_HEADERS_TOO_LARGE: {
    status: 431,
    title: 'Headers too large',
    remedy: 'Send less than 16 KiB of headers.',
  },
  ERR_INTERNAL: {
    status: 500,
    title: 'Internal error',
    remedy: 'Report the requestId; the details are in the log.',
  },
  ERR_STRATEGY_UNSUPPORTED: {
    status: 501,
    title: 'Not supported by the session strategy',
    remedy: 'Run with another SESSION_STRATEGY.',
  },
  ERR_UPSTREAM_UNAVAILABLE: {
    status: 503,
    title: 'No instance available',
    remedy: 'Repeat after Retry-After.',
  },
  ERR_STORE_UNAVAILABLE: {
    status: 503,
    title: 'Session store unavailable',
    remedy: 'Repeat after Retry-After; the credential is still good.',
  },
  ERR_OVERLOADED: { status: 503, title: 'Overloaded', remedy: 'Repeat after Retry-After.' },
  ERR_UPSTREAM_TIMEOUT: {
    status: 504,
    title: 'Upstream timeout',
    remedy: 'Repeat if the request may be repeated.',
  },
} as const satisfies Record<string, ErrorDefinition>;

/** A stable error code. */
export type ErrorCode = keyof typeof ERRORS;

/** Members that some errors add to the problem document. */
export interface ProblemExtensions {
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
  readonly endedBecause?: string;
  readonly endedAt?: string;
  /** Not a member: becomes the `Retry-After` header, in seconds. */
  readonly retryAfterSeconds?: number;
  /** Not a member: becomes the `Allow` header. */
  readonly allow?: readonly string[];
}

/**
 * An expected failure with a stable code. Domain code throws it; one filter turns it into HTTP.
 * `detail` is shown to the client: it names no secret and no other user's data.
 */
export class CodedError extends Error {
  override readonly name = 'CodedError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    readonly extensions: ProblemExtensions = {},
  ) {
    super(`${code}: ${detail}`);
  }
}

/** RFC 9457 problem document. */
export interface ProblemDocument extends Omit<ProblemExtensions, 'retryAfterSeconds' | 'allow'> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly requestId: string;
}

/** The problem document of an error code. `requestId` names the request in the log. */
export function problemDocument(
  code: ErrorCode,
  detail: string,
  requestId: string,
  { retryAfterSeconds: _retryAfter, allow: _allow, ...members }: ProblemExtensions = {},
): ProblemDocument {
  const { status, title } = ERRORS[code];
  return { type: `urn:holdfast:error:${code}`, title, status, detail, code, requestId, ...members };
}
