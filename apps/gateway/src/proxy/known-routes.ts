import {
  allRoutes,
  boundsItself,
  needsSession,
  policyOf,
  priorityOf,
  type RouteContract,
  type RoutePolicy,
  type RoutePriority,
} from '@holdfast/contracts';
import { z } from 'zod';
import { normalisePath } from './service-routes.js';

/**
 * What a route does with a session. `required`: nothing without one; `optional`: it is open to anyone, and a bad
 * credential is ignored; `none`: it takes none, or is no route at all.
 */
export type CredentialUse = 'required' | 'optional' | 'none';

/** A route of the contract, as far as it matters on the way through. */
export interface KnownRoute {
  /** `METHOD /path`, with `:name` parameters. */
  readonly name: string;
  readonly use: CredentialUse;
  readonly policy: RoutePolicy;
  readonly priority: RoutePriority;
  /** See `boundsItself` of the contract. */
  readonly boundsItself: boolean;
  /** With an `Idempotency-Key` it may be repeated. */
  readonly keyed: boolean;
}

/** By `METHOD /path`. */
const FIXED = new Map<string, KnownRoute>();
const WITH_PARAMETERS: { readonly method: string; readonly path: RegExp; readonly known: KnownRoute }[] = [];

for (const contract of allRoutes) {
  const { method, path } = contract;
  const known = knownAs(contract);
  if (!path.includes(':')) FIXED.set(known.name, known);
  else WITH_PARAMETERS.push({ method, path: patternOf(path), known });
}

/** The route of a request; `undefined` if there is none. `HEAD` is `GET`. */
export function knownRoute(method: string, target: string): KnownRoute | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const path = normalisePath(target);
  return (
    FIXED.get(`${asked} ${path}`) ??
    WITH_PARAMETERS.find((route) => route.method === asked && route.path.test(path))?.known
  );
}

function knownAs(contract: RouteContract): KnownRoute {
  const { access, method, path, headers } = contract;
  const isOpen = access === 'public' || access === 'client';
  return {
    name: `${method} ${path}`,
    use: needsSession(contract) ? 'required' : isOpen ? 'optional' : 'none',
    policy: policyOf(contract),
    priority: priorityOf(contract),
    boundsItself: boundsItself(contract),
    keyed: headers instanceof z.ZodObject && 'idempotency-key' in headers.shape,
  };
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/:\w+/g, '[^/]+')}$`);
}
