import { ERRORS, type ErrorCode, type ProblemExtensions } from '@holdfast/contracts';
import { isDatabaseUnavailable } from '@holdfast/postgres';
import { SessionEndedError, SessionUnknownError } from '@holdfast/session-core';
import { EndedSessionError } from '@holdfast/session-nest';
import { HttpException } from '@nestjs/common';

/** What a client is told of an error. */
export interface Problem {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly extensions: ProblemExtensions;
  readonly headers: Readonly<Record<string, string>>;
}

const FASTIFY_CODES = new Map<string, ErrorCode>(
  Object.entries({
    FST_ERR_CTP_INVALID_MEDIA_TYPE: 'ERR_MEDIA_TYPE',
    FST_ERR_CTP_BODY_TOO_LARGE: 'ERR_BODY_TOO_LARGE',
    FST_ERR_CTP_INVALID_JSON_BODY: 'ERR_VALIDATION',
    FST_ERR_CTP_EMPTY_JSON_BODY: 'ERR_VALIDATION',
    FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'ERR_BAD_REQUEST',
    FST_ERR_BAD_URL: 'ERR_BAD_REQUEST',
    FST_ERR_MAX_PARAM_LENGTH: 'ERR_NOT_FOUND',
  } as const),
);

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'ERR_VALIDATION',
  401: 'ERR_UNAUTHENTICATED',
  403: 'ERR_FORBIDDEN',
  404: 'ERR_NOT_FOUND',
  405: 'ERR_METHOD',
  408: 'ERR_REQUEST_TIMEOUT',
  409: 'ERR_CONFLICT',
  413: 'ERR_BODY_TOO_LARGE',
  414: 'ERR_BAD_REQUEST',
  415: 'ERR_MEDIA_TYPE',
  429: 'ERR_RATE_LIMITED',
  431: 'ERR_HEADERS_TOO_LARGE',
  503: 'ERR_UPSTREAM_UNAVAILABLE',
  504: 'ERR_UPSTREAM_TIMEOUT',
};

/**
 * What to tell a client of any error: one with a `code` of `ERRORS` speaks for itself (`detail`, `extensions`,
 * `headers`), Fastify's and Nest's own are mapped, a database that is away is 503, anything else `ERR_INTERNAL`.
 */
export function problemOf(thrown: unknown): Problem {
  const error = inHttp(thrown);
  const coded = codeOf(error);
  const code = coded ?? mappedCode(error);
  const extensions: ProblemExtensions = coded ? (memberOf(error, 'extensions', isObject) ?? {}) : {};
  return {
    code,
    detail: coded ? (memberOf(error, 'detail', isText) ?? ERRORS[code].remedy) : detailOf(code),
    extensions: { ...(ERRORS[code].status === 503 && { retryAfterSeconds: 1 }), ...extensions },
    headers: {
      ...(ERRORS[code].status === 401 && { 'www-authenticate': 'Bearer realm="holdfast"' }),
      ...memberOf(error, 'headers', isHeaders),
    },
  };
}

function codeOf(error: unknown): ErrorCode | undefined {
  return memberOf(
    error,
    'code',
    (value): value is ErrorCode => isText(value) && Object.hasOwn(ERRORS, value),
  );
}

function mappedCode(error: unknown): ErrorCode {
  if (isDatabaseUnavailable(error)) return 'ERR_UPSTREAM_UNAVAILABLE';
  const fastifyCode = FASTIFY_CODES.get(memberOf(error, 'code', isText) ?? '');
  if (fastifyCode) return fastifyCode;
  const status = error instanceof HttpException ? error.getStatus() : memberOf(error, 'statusCode', isStatus);
  return STATUS_CODES[status ?? 500] ?? 'ERR_INTERNAL';
}

/** Without a schema's verdict, an invalid request is one that could not be parsed. */
function detailOf(code: ErrorCode): string {
  return code === 'ERR_VALIDATION' ? 'The body is not well-formed.' : ERRORS[code].remedy;
}

/** The core knows no HTTP: what it says of an ended session is answered like what the guard says. */
function inHttp(error: unknown): unknown {
  if (error instanceof SessionEndedError) return new EndedSessionError(error.ended);
  return error instanceof SessionUnknownError ? new EndedSessionError() : error;
}

function memberOf<T>(error: unknown, name: string, is: (value: unknown) => value is T): T | undefined {
  const value: unknown = isObject(error) ? Reflect.get(error, name) : undefined;
  return is(value) ? value : undefined;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isStatus = (value: unknown): value is number => typeof value === 'number';
const isHeaders = (value: unknown): value is Record<string, string> =>
  isObject(value) && Object.values(value).every(isText);
