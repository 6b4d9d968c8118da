import { allRoutes, needsSession } from '@holdfast/contracts';
import { normalisePath } from '../proxy/service-routes.js';

/**
 * What a route does with a session. `required`: nothing without one; `optional`: it is open to anyone, and a bad
 * credential is ignored; `none`: it takes none, or is no route at all.
 */
export type CredentialUse = 'required' | 'optional' | 'none';

/** By `METHOD /path`. */
const FIXED = new Map<string, CredentialUse>();
const WITH_PARAMETERS: { readonly method: string; readonly path: RegExp; readonly use: CredentialUse }[] = [];

for (const contract of allRoutes) {
  const { access, method, path } = contract;
  const isOpen = access === 'public' || access === 'client';
  const use = needsSession(contract) ? 'required' : isOpen ? 'optional' : 'none';
  if (!path.includes(':')) FIXED.set(`${method} ${path}`, use);
  else WITH_PARAMETERS.push({ method, path: patternOf(path), use });
}

/** What the route of a request does with a session. `HEAD` is `GET`. */
export function credentialUse(method: string, target: string): CredentialUse {
  const asked = method === 'HEAD' ? 'GET' : method;
  const path = normalisePath(target);
  return (
    FIXED.get(`${asked} ${path}`) ??
    WITH_PARAMETERS.find((route) => route.method === asked && route.path.test(path))?.use ??
    'none'
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
