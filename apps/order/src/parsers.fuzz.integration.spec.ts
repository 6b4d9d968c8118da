import { orderRoutes, type RouteContract } from '@holdfast/contracts';
import type { SignedIn } from '@holdfast/service-testing';
import { faultIn, oddRequests } from '@holdfast/service-testing/odd-requests';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { signIn, startOrderFleet, type OrderFleet } from './testing/order-fleet.js';

let fleet: OrderFleet;
let visitor: SignedIn;
beforeAll(async () => {
  fleet = await startOrderFleet(1, process.env);
  visitor = await signIn(fleet);
});
afterAll(() => fleet.stop());

describe.each(Object.values<RouteContract>(orderRoutes))('$method $path', (contract) => {
  it('answers odd requests with what the contract names, or a refusal: never with a fault of ours', async () => {
    await fc.assert(
      fc.asyncProperty(oddRequests(contract), async ({ target, call }) => {
        expect(faultIn(await visitor.call(contract.method, target, call), contract)).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });
});
