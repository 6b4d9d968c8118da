import type { RoutePolicy } from '@holdfast/contracts';
import { knownRoute } from '../proxy/known-routes.js';
import { normalisePath } from '../proxy/service-routes.js';

export type { CredentialUse } from '../proxy/known-routes.js';

/** For how long the route of a request goes on while the session store is away. */
export function routePolicy(method: string, target: string): RoutePolicy {
  return knownRoute(method, target)?.policy ?? 'critical';
}

/** Of the routes that are open to anyone these take the session over that comes along: what a guest has goes to the new one. */
const SUCCESSIONS: ReadonlySet<string> = new Set(['/auth/login', '/auth/guest']);

/** Whether a request begins a session that takes the place of the one that comes along. */
export function replacesSession(method: string, target: string): boolean {
  return method === 'POST' && SUCCESSIONS.has(normalisePath(target));
}
