import { authRoutes } from '@holdfast/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest } from './testing/auth-service.js';

describe('the auth service', () => {
  let service: AuthServiceUnderTest;
  beforeAll(async () => {
    service = await AuthServiceUnderTest.start(process.env, 10);
  });
  afterAll(() => service.stop());

  it('serves the routes of the contract and no others but probes', () => {
    const probes = ['GET /livez', 'GET /readyz', 'GET /healthz'];
    const contracted = Object.values(authRoutes).map(({ method, path }) => `${method} ${path}`);
    expect([...service.routes].sort()).toEqual([...contracted, ...probes].sort());
  });
});
