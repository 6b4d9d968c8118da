import { isPermitted, needsSession, permissionOf, ROLES, type RouteContract } from '@holdfast/contracts';
import type { Answer } from './test-client.js';

/** What turns somebody away at a route's door. */
const REFUSALS = ['ERR_UNAUTHENTICATED', 'ERR_FORBIDDEN', 'ERR_STEP_UP_REQUIRED'] as const;

/** Whether somebody gets in, or why not. */
export type Verdict = 'let in' | (typeof REFUSALS)[number];

/** Who knocks: nobody in particular, another service, who collects metrics, or a session with roles. */
export type Caller = 'nobody' | 'service' | 'scraper' | readonly string[];

/** All kinds of callers by name: none, a service, who collects metrics, one for each role, as accounts have them, and one without any. */
export const CALLERS: ReadonlyMap<string, Caller> = new Map<string, Caller>([
  ['nobody', 'nobody'],
  ['a service', 'service'],
  ['who collects metrics', 'scraper'],
  ['a session without a role', []],
  ...ROLES.map((role): [string, Caller] => [role, role === 'guest' ? [role] : [...new Set(['user', role])]]),
]);

/** What the contract says of a caller who has not stepped up. */
export function verdictOf(contract: RouteContract, caller: Caller): Verdict {
  if (!needsSession(contract)) return 'let in';
  if (caller === 'nobody') return 'ERR_UNAUTHENTICATED';
  const permission = permissionOf(contract);
  if (caller === 'service' || caller === 'scraper') return 'ERR_FORBIDDEN';
  if (permission !== undefined && !isPermitted(permission, caller)) return 'ERR_FORBIDDEN';
  return contract.stepUp ? 'ERR_STEP_UP_REQUIRED' : 'let in';
}

/** What a service has really answered. Whatever comes after the door (400, 404, 201 …) is none of its business. */
export function verdictIn({ body }: Pick<Answer, 'body'>): Verdict {
  return REFUSALS.find((code) => code === body['code']) ?? 'let in';
}
