import type { ZodType } from 'zod';
import type { ErrorCode } from './errors.js';

/** Who may call a route. `public`: anyone; `session`: any live session; `user`: a session of a registered user; `admin`: one with that role; `client`: an OAuth client; its errors are those of RFC 6749. */
export type RouteAccess = 'public' | 'session' | 'user' | 'admin' | 'client';

/** One row of the HTTP contract: the source of request validation and of OpenAPI. */
export interface RouteContract {
  readonly service: 'auth' | 'user' | 'order';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly access: RouteAccess;
  readonly params?: ZodType;
  readonly query?: ZodType;
  /** Request headers that the route itself reads, names in lower case. */
  readonly headers?: ZodType;
  readonly body?: {
    readonly type: 'application/json' | 'application/x-www-form-urlencoded';
    readonly schema: ZodType;
    /** `false`: the request may come without a body. Default `true`. */
    readonly required?: boolean;
  };
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: ZodType }>>;
  /** Codes of this route's own; those that follow from its access, input and body are added by `routeErrors`. */
  readonly errors: readonly ErrorCode[];
}

/** Types a route contract without widening it. */
export function route<const T extends RouteContract>(contract: T): T {
  return contract;
}

/** All codes that a client of this route may meet: its own and those that follow from what it is. */
export function routeErrors({
  access,
  params,
  query,
  headers,
  body,
  errors,
}: RouteContract): readonly ErrorCode[] {
  const codes = new Set<ErrorCode>(errors);
  // OAuth says in its own way what is wrong with a form.
  if ((params ?? query ?? headers ?? body) && access !== 'client') codes.add('ERR_VALIDATION');
  if (body) codes.add('ERR_BODY_TOO_LARGE');
  if (body && access !== 'client') codes.add('ERR_MEDIA_TYPE');
  if (access === 'session' || access === 'user' || access === 'admin') {
    codes.add('ERR_AMBIGUOUS_CREDENTIALS').add('ERR_UNAUTHENTICATED').add('ERR_SESSION_ENDED');
    codes.add('ERR_STORE_UNAVAILABLE');
  }
  if (access === 'user' || access === 'admin') codes.add('ERR_FORBIDDEN');
  codes.add('ERR_INTERNAL').add('ERR_UPSTREAM_UNAVAILABLE').add('ERR_UPSTREAM_TIMEOUT');
  return [...codes];
}
