import { allRoutes, routeErrors, type RouteContract } from '@holdfast/contracts';
import type { Answer } from './test-client.js';

/** Not of a route: HTTP itself is at fault, there is no such method, or a service calls where only users do. */
const ANYWHERE: ReadonlySet<string> = new Set([
  'ERR_BAD_REQUEST',
  'ERR_FORBIDDEN',
  'ERR_HEADERS_TOO_LARGE',
  'ERR_METHOD',
  'ERR_REQUEST_TIMEOUT',
]);

/** Throws if a route of the contract answers with an error code that its row does not name. */
export function requireDeclared(method: string, path: string, { body }: Pick<Answer, 'body'>): void {
  const { code } = body;
  if (typeof code !== 'string' || ANYWHERE.has(code)) return;
  const contract = rowOf(method, path);
  if (contract === undefined || routeErrors(contract).some((declared) => declared === code)) return;
  throw new Error(`${method} ${contract.path} answered ${code}, which its contract does not name`);
}

/** The row of a request, as routers choose it: a fixed name goes before a parameter. */
function rowOf(method: string, path: string): RouteContract | undefined {
  const segments = path.split(/[?#]/, 1)[0]?.split('/') ?? [];
  const verb = method === 'HEAD' ? 'GET' : method;
  const fits = (contract: RouteContract) => {
    const pattern = contract.path.split('/');
    const isMet = (part: string, n: number) => part.startsWith(':') || part === segments[n];
    return contract.method === verb && pattern.length === segments.length && pattern.every(isMet);
  };
  const rows = allRoutes.filter(fits);
  return rows.find(({ path: pattern }) => !pattern.includes(':')) ?? rows[0];
}
