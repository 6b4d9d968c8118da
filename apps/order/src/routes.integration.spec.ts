import { orderRoutes } from '@holdfast/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOrderFleet, type OrderFleet } from './testing/order-fleet.js';

describe('the order service', () => {
  let fleet: OrderFleet;
  beforeAll(async () => {
    fleet = await startOrderFleet(1, process.env);
  });
  afterAll(() => fleet.stop());

  it('serves the routes of the contract and no others but probes and internal ones', () => {
    const probes = ['GET /livez', 'GET /readyz', 'GET /healthz', 'GET /metrics'];
    const internal = ['POST /internal/membership/drain', 'POST /internal/membership/undrain'];
    const contracted = Object.values(orderRoutes).map(({ method, path }) => `${method} ${path}`);
    expect([...fleet.recorder.routes].sort()).toEqual([...contracted, ...internal, ...probes].sort());
  });

  it('has for each route that needs a session the policy that the contract says', () => {
    const { ours, declared } = fleet.recorder.compare(Object.values(orderRoutes));
    expect(ours).toEqual(declared);
  });
});
