import { randomUUID } from 'node:crypto';
import { isPermitted, PERMISSIONS, userRoutes, type RouteContract } from '@holdfast/contracts';
import { CALLERS, verdictIn, verdictOf, type Caller } from '@holdfast/service-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthStandIn } from './testing/auth-stand-in.js';
import { signIn, startUserFleetWithAuth, type UserFleet } from './testing/user-fleet.js';

let fleet: UserFleet;
let auth: AuthStandIn;
let stop: () => Promise<void>;
let other: string;

beforeAll(async () => {
  ({ fleet, auth, stop } = await startUserFleetWithAuth(1, process.env, 4));
  other = await profile();
});
afterAll(() => stop());

/** Makes a profile, as auth would. */
async function profile(id: string = randomUUID()): Promise<string> {
  const token = await fleet.issuer.serviceToken('auth');
  const body = { email: `${id}@example.test`, displayName: 'Somebody' };
  expect((await fleet.call('PUT', `/internal/profiles/${id}`, { token, body })).status).toBe(200);
  auth.roles.set(id, ['user']);
  return id;
}

/** Knocks at a route; `id` stands for all parameters of its path. */
async function knock({ method, path }: RouteContract, caller: Caller, id: string) {
  const url = path.replaceAll(/:\w+/g, id);
  if (caller === 'nobody') return fleet.call(method, url);
  if (caller === 'service')
    return fleet.call(method, url, { token: await fleet.issuer.serviceToken('order') });
  if (caller === 'scraper') return fleet.call(method, url, { token: await fleet.issuer.metricsToken() });
  return (await signIn(fleet, { roles: caller })).call(method, url);
}

describe.each([...CALLERS])('%s', (_who, caller) => {
  it.each(Object.values<RouteContract>(userRoutes))(
    'is met by $method $path as the permissions say',
    async (contract) => {
      expect(verdictIn(await knock(contract, caller, other))).toBe(verdictOf(contract, caller));
    },
  );
});

describe.each(Object.values<RouteContract>(userRoutes).filter(({ ofOthers }) => ofOthers))(
  '$method $path',
  ({ method, path, ofOthers, access }) => {
    const sessions = [...CALLERS].flatMap(([who, caller]) =>
      typeof caller === 'string' ? [] : [{ who, roles: caller }],
    );

    it.each(sessions)('shows others to $who if the permissions say so', async ({ roles }) => {
      const visitor = await signIn(fleet, { roles });
      await profile(visitor.userId);
      const at = (id: string) => visitor.call(method, path.replaceAll(/:\w+/g, id));
      const mayOpen = Object.hasOwn(PERMISSIONS, access) && isPermitted(access as 'profile:own', roles);
      const maySeeOthers = mayOpen && ofOthers !== undefined && isPermitted(ofOthers, roles);
      const refusal = mayOpen ? 404 : 403;
      expect((await at(visitor.userId)).status).toBe(mayOpen ? 200 : 403);
      expect((await at(other)).status).toBe(maySeeOthers ? 200 : refusal);
    });
  },
);
