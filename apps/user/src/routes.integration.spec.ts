import { userRoutes } from '@holdfast/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UserFleet } from './testing/user-fleet.js';

describe('the user service', () => {
  let fleet: UserFleet;
  beforeAll(async () => {
    fleet = await UserFleet.start(
      1,
      process.env['TEST_REDIS_URL'] ?? '',
      process.env['TEST_DATABASE_URL'] ?? '',
    );
  });
  afterAll(() => fleet.stop());

  it('serves the routes of the contract and no others but probes and what is internal', () => {
    const others = ['GET /livez', 'GET /readyz', 'GET /healthz', 'PUT /internal/profiles/:id'];
    const contracted = Object.values(userRoutes).map(({ method, path }) => `${method} ${path}`);
    expect([...fleet.routes].sort()).toEqual([...contracted, ...others].sort());
  });
});
