import { authRoutes } from '@holdfast/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest } from './testing/auth-service.js';

describe('the auth service', () => {
  let service: AuthServiceUnderTest;
  beforeAll(async () => {
    service = await AuthServiceUnderTest.start(process.env, 10);
  });
  afterAll(() => service.stop());

  it('serves the routes of the contract and no others but probes and internal ones', () => {
    const probes = ['GET /livez', 'GET /readyz', 'GET /healthz', 'GET /metrics'];
    // Between services only: no public document names them, and the gateway does not lead there.
    const internal = [
      'accounts/lookup',
      'audit/actions',
      'membership/drain',
      'membership/undrain',
      'sessions/exchange',
    ].map((path) => `POST /internal/${path}`);
    const contracted = Object.values(authRoutes).map(({ method, path }) => `${method} ${path}`);
    expect([...service.recorder.routes].sort()).toEqual([...contracted, ...internal, ...probes].sort());
  });

  it('has for each route that needs a session the policy that the contract says', () => {
    const { ours, declared } = service.recorder.compare(Object.values(authRoutes));
    expect(ours).toEqual(declared);
  });
});
