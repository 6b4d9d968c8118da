import type { ZodType } from 'zod';
import type { ErrorCode } from './errors.js';
import { isPermitted, PERMISSIONS, type Permission } from './permissions.js';

/**
 * Who may call a route. `public`: anyone; `session`: any live session, a guest's too; a permission: a session with a
 * role that gives it; `client`: an OAuth client; `service-client`: one with a secret, by HTTP Basic. What the last
 * two get wrong is answered with the errors of RFC 6749.
 */
export type RouteAccess = 'public' | 'session' | 'client' | 'service-client' | Permission;

/** How much a route depends on its session being true at this very moment. */
export type RoutePolicy = 'critical' | 'write' | 'read';

/** What is served first where there is more than can be served, and shed last. */
export type RoutePriority = 'high' | 'normal' | 'low';

/** One answer of a route. */
interface RouteAnswer {
  readonly description: string;
  readonly schema?: ZodType;
}

/** One row of the HTTP contract: the source of request validation and of OpenAPI. */
export interface RouteContract {
  /** Who answers it. */
  readonly service: 'auth' | 'user' | 'order' | 'gateway';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path with `:name` parameters. */
  readonly path: string;
  readonly summary: string;
  readonly access: RouteAccess;
  /** Of a `client` route: a service client may call it as well, by HTTP Basic. Default: public clients only. */
  readonly takesBasic?: true;
  /** With this permission also what belongs to others; without it that is not found. Default: nothing of others. */
  readonly ofOthers?: Permission;
  /** The session has stepped up in the last five minutes; signing in does not count. Default: it need not have. */
  readonly stepUp?: true;
  /** Also a session whose level was taken away may call it, although it writes. Default: it has to step up first. */
  readonly atAnyLevel?: true;
  /** Default: see `policyOf`. */
  readonly policy?: RoutePolicy;
  /** Default: see `priorityOf`. */
  readonly priority?: RoutePriority;
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
  readonly responses: Readonly<Record<number, RouteAnswer>>;
  /** Codes of this route's own; those that follow from its access, input and body are added by `routeErrors`. */
  readonly errors: readonly ErrorCode[];
}

/** Types a route contract without widening it. */
export function route<const T extends RouteContract>(contract: T): T {
  return contract;
}

/** Whether a route is one of OAuth's: its client names itself, and is answered as RFC 6749 says. */
export function isOAuthRoute({ access }: Pick<RouteContract, 'access'>): boolean {
  return access === 'client' || access === 'service-client';
}

/** The permission that a route asks for; `undefined` if it asks for none. */
export function permissionOf({ access }: Pick<RouteContract, 'access'>): Permission | undefined {
  return Object.hasOwn(PERMISSIONS, access) ? (access as Permission) : undefined;
}

/** Whether a route needs a session. */
export function needsSession(contract: Pick<RouteContract, 'access'>): boolean {
  return contract.access === 'session' || permissionOf(contract) !== undefined;
}

/**
 * For how long a route goes on while the session store is away: 1 s, 10 s or 60 s after the session was last confirmed.
 * What is about how one signs in, or is no ordinary user's, is critical; of the rest, safe methods read.
 */
export function policyOf(
  contract: Pick<RouteContract, 'access' | 'method' | 'policy' | 'stepUp'>,
): RoutePolicy {
  if (contract.policy) return contract.policy;
  const permission = permissionOf(contract);
  const isOrdinary = permission === undefined || isPermitted(permission, ['user']);
  if (contract.stepUp || permission === 'account:own' || !isOrdinary) return 'critical';
  return contract.method === 'GET' ? 'read' : 'write';
}

/**
 * What an overloaded platform does first. Who signs in, refreshes or ends sessions is `high`, and so is what is critical and
 * changes something: an order, a password. What only shows a page of many is `low`: it can be asked for again.
 */
export function priorityOf(
  contract: Pick<RouteContract, 'access' | 'method' | 'policy' | 'stepUp' | 'priority' | 'query'>,
): RoutePriority {
  if (contract.priority) return contract.priority;
  const isCritical = contract.method !== 'GET' && policyOf(contract) === 'critical';
  if (isCritical || isOAuthRoute(contract)) return 'high';
  return contract.query === undefined ? 'normal' : 'low';
}

/**
 * Whether a route's service bounds by itself how much of it goes on at a time, and sheds the rest: hashing passwords has a
 * lane of its own there, and who waits in it hinders nobody else.
 */
export function boundsItself({ errors }: Pick<RouteContract, 'errors'>): boolean {
  return errors.includes('ERR_OVERLOADED');
}

/** All codes that a client of this route may meet: its own and those that follow from what it is. */
export function routeErrors(contract: RouteContract): readonly ErrorCode[] {
  return [
    ...new Set<ErrorCode>([
      ...contract.errors,
      ...inputErrors(contract),
      // The gateway judges credentials on every route, also where none is needed.
      'ERR_AMBIGUOUS_CREDENTIALS',
      ...(contract.method === 'GET' ? [] : (['ERR_CSRF'] as const)),
      ...(needsSession(contract) ? sessionErrors(contract) : []),
      'ERR_INTERNAL',
      'ERR_OVERLOADED',
      'ERR_UPSTREAM_UNAVAILABLE',
      'ERR_UPSTREAM_TIMEOUT',
    ]),
  ];
}

function inputErrors(contract: RouteContract): readonly ErrorCode[] {
  const { params, query, headers, body } = contract;
  const tooLarge: readonly ErrorCode[] = body ? ['ERR_BODY_TOO_LARGE'] : [];
  // OAuth says in its own way what is wrong with a form.
  if (isOAuthRoute(contract)) return tooLarge;
  return [
    ...((params ?? query ?? headers ?? body) ? (['ERR_VALIDATION'] as const) : []),
    ...tooLarge,
    ...(body ? (['ERR_MEDIA_TYPE'] as const) : []),
  ];
}

function sessionErrors(contract: RouteContract): readonly ErrorCode[] {
  return [
    'ERR_UNAUTHENTICATED',
    'ERR_SESSION_ENDED',
    'ERR_STORE_UNAVAILABLE',
    ...(permissionOf(contract) ? (['ERR_FORBIDDEN'] as const) : []),
    ...(mayAskForStepUp(contract) ? (['ERR_STEP_UP_REQUIRED'] as const) : []),
  ];
}

/** A session whose level was taken away only reads. */
function mayAskForStepUp(contract: RouteContract): boolean {
  return contract.stepUp ?? (!contract.atAnyLevel && policyOf(contract) !== 'read');
}
