import { userRoutes, type RouteContract } from '@holdfast/contracts';
import type { SignedIn } from '@holdfast/service-testing';
import { faultIn, oddRequests } from '@holdfast/service-testing/odd-requests';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signIn, startUserFleetWithAuth } from './testing/user-fleet.js';

let visitor: SignedIn;
let stop: () => Promise<void>;
beforeAll(async () => {
  const { fleet, stop: stopAll } = await startUserFleetWithAuth(1, process.env, 5);
  stop = stopAll;
  visitor = await signIn(fleet, { roles: ['user', 'admin'] });
  const token = await fleet.issuer.serviceToken('auth');
  const body = { email: 'ada@example.test', displayName: 'Ada' };
  await fleet.call('PUT', `/internal/profiles/${visitor.userId}`, { token, body });
});
afterAll(() => stop());

describe.each(Object.values<RouteContract>(userRoutes))('$method $path', (contract) => {
  it('answers odd requests with what the contract names, or a refusal: never with a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(oddRequests(contract), async ({ target, call }) => {
        expect(faultIn(await visitor.call(contract.method, target, call), contract)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
