import { userRoutes } from '@holdfast/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startUserFleet, type UserFleet } from './testing/user-fleet.js';

describe('the user service', () => {
  let fleet: UserFleet;
  beforeAll(async () => {
    fleet = await startUserFleet(1, process.env);
  });
  afterAll(() => fleet.stop());

  it('serves the routes of the contract and no others but probes and what is internal', () => {
    const others = [
      'GET /livez',
      'GET /readyz',
      'GET /healthz',
      'GET /metrics',
      'PUT /internal/profiles/:id',
      'POST /internal/membership/drain',
      'POST /internal/membership/undrain',
    ];
    const contracted = Object.values(userRoutes).map(({ method, path }) => `${method} ${path}`);
    expect([...fleet.recorder.routes].sort()).toEqual([...contracted, ...others].sort());
  });

  it('has for each route that needs a session the policy that the contract says', () => {
    const { ours, declared } = fleet.recorder.compare(Object.values(userRoutes));
    expect(ours).toEqual(declared);
  });
});
