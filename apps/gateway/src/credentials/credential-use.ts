import { allRoutes, needsSession, policyOf, type RoutePolicy } from '@holdfast/contracts';
import { normalisePath } from '../proxy/service-routes.js';

/**
 * What a route does with a session. `required`: nothing without one; `optional`: it is open to anyone, and a bad
 * credential is ignored; `none`: it takes none, or is no route at all.
 */
export type CredentialUse = 'required' | 'optional' | 'none';

/** A route, as far as it matters here. */
interface Known {
  readonly use: CredentialUse;
  readonly policy: RoutePolicy;
}

/** By `METHOD /path`. */
const FIXED = new Map<string, Known>();
const WITH_PARAMETERS: { readonly method: string; readonly path: RegExp; readonly known: Known }[] = [];

for (const contract of allRoutes) {
  const { access, method, path } = contract;
  const isOpen = access === 'public' || access === 'client';
  const use = needsSession(contract) ? 'required' : isOpen ? 'optional' : 'none';
  const known = { use, policy: policyOf(contract) } as const;
  if (!path.includes(':')) FIXED.set(`${method} ${path}`, known);
  else WITH_PARAMETERS.push({ method, path: patternOf(path), known });
}

/** What the route of a request does with a session. `HEAD` is `GET`. */
export function credentialUse(method: string, target: string): CredentialUse {
  return routeOf(method, target)?.use ?? 'none';
}

/** For how long the route of a request goes on while the session store is away. */
export function routePolicy(method: string, target: string): RoutePolicy {
  return routeOf(method, target)?.policy ?? 'critical';
}

function routeOf(method: string, target: string): Known | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const path = normalisePath(target);
  return (
    FIXED.get(`${asked} ${path}`) ??
    WITH_PARAMETERS.find((route) => route.method === asked && route.path.test(path))?.known
  );
}

/** Of the routes that are open to anyone these take the session over that comes along: what a guest has goes to the new one. */
const SUCCESSIONS: ReadonlySet<string> = new Set(['/auth/login', '/auth/guest']);

/** Whether a request begins a session that takes the place of the one that comes along. */
export function replacesSession(method: string, target: string): boolean {
  return method === 'POST' && SUCCESSIONS.has(normalisePath(target));
}

function patternOf(path: string): RegExp {
  const escaped = path.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  return new RegExp(`^${escaped.replaceAll(/:\w+/g, '[^/]+')}$`);
}
