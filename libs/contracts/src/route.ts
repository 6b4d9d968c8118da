import type { ZodType } from 'zod';
import type { ErrorCode } from './errors.js';

/** Who may call a route. `public`: anyone; `session`: any live session; `user`: a session of a registered user; a role name otherwise; `client`: an OAuth client. */
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
  readonly headers?: ZodType;
  readonly body?: {
    readonly type: 'application/json' | 'application/x-www-form-urlencoded';
    readonly schema: ZodType;
  };
  readonly responses: Readonly<Record<number, { readonly description: string; readonly schema?: ZodType }>>;
  readonly errors: readonly ErrorCode[];
}

/** Types a route contract without widening it. */
export function route<const T extends RouteContract>(contract: T): T {
  return contract;
}
