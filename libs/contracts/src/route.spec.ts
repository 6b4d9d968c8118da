import { describe, expect, it } from '@jest/globals';
import { authRoutes } from './auth.js';
import { orderRoutes } from './order.js';
import {
  boundsItself,
  isOAuthRoute,
  needsSession,
  permissionOf,
  policyOf,
  priorityOf,
  routeErrors,
  type RouteContract,
} from './route.js';
import { allRoutes } from './routes.js';
import { userRoutes } from './user.js';

describe('the errors of a route', () => {
  it('hold what the gateway refuses of credentials on every route: two at once, and a cookie from elsewhere', () => {
    for (const contract of allRoutes) {
      expect(routeErrors(contract)).toContain('ERR_AMBIGUOUS_CREDENTIALS');
      expect(routeErrors(contract).includes('ERR_CSRF')).toBe(contract.method !== 'GET');
    }
  });

  it('hold no code of the store and no 401 where nobody needs a session, but for what a route does itself', () => {
    const without = allRoutes.filter((contract) => !needsSession(contract));
    const unauthenticated = without.filter((contract) =>
      routeErrors(contract).includes('ERR_UNAUTHENTICATED'),
    );
    expect(unauthenticated).toEqual([]);
  });

  it('hold a missing role exactly where there is a permission', () => {
    for (const contract of allRoutes) {
      expect(routeErrors(contract).includes('ERR_FORBIDDEN')).toBe(permissionOf(contract) !== undefined);
    }
    expect(permissionOf(orderRoutes.readCart)).toBeUndefined();
    expect(permissionOf(userRoutes.listUsers)).toBe('users:list');
  });

  it('hold a step-up where one is wanted: whatever changes how somebody signs in, or who may what', () => {
    const wanting = allRoutes.filter((contract) => contract.stepUp);
    const proving: RouteContract[] = [authRoutes.login, authRoutes.stepUp];
    // A session whose level was taken away steps up before it does more than read or end sessions.
    const isAtLevel = (contract: RouteContract) =>
      needsSession(contract) && !contract.atAnyLevel && policyOf(contract) !== 'read';
    for (const contract of allRoutes) {
      const isNamed = routeErrors(contract).includes('ERR_STEP_UP_REQUIRED');
      // The second factor is missing where somebody proves who they are.
      expect(isNamed).toBe(contract.stepUp === true || proving.includes(contract) || isAtLevel(contract));
    }
    expect(wanting.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /auth/password',
      'POST /auth/totp',
      'POST /auth/totp/confirm',
      'POST /auth/totp/recovery-codes',
      'DELETE /auth/totp',
      'POST /auth/users/:id/disable',
      'POST /auth/users/:id/enable',
      'PUT /auth/users/:id/roles',
      'DELETE /auth/users/:id/totp',
      'POST /platform/keys/rotate',
    ]);
  });

  it('hold a limit wherever somebody without a session can try, or guess', () => {
    const limited = allRoutes.filter((contract) => routeErrors(contract).includes('ERR_RATE_LIMITED'));
    const open = Object.values(authRoutes).filter(
      (contract) => contract.access === 'public' && contract.method === 'POST',
    );
    const guessing = [authRoutes.token, authRoutes.stepUp, authRoutes.confirmTotp];
    expect(new Set(limited)).toEqual(new Set([...open, ...guessing]));
  });

  it('leave to OAuth how it says what is wrong with a form', () => {
    for (const contract of allRoutes.filter(isOAuthRoute)) {
      expect(contract.body?.type).toBe('application/x-www-form-urlencoded');
      expect(routeErrors(contract)).not.toContain('ERR_VALIDATION');
      expect(Object.keys(contract.responses)).toEqual(['200', '400', '401']);
    }
  });
});

describe('the priority of a route', () => {
  const named = (priority: string) =>
    allRoutes
      .filter((contract) => priorityOf(contract) === priority)
      .map(({ method, path }) => `${method} ${path}`);

  it('G20: is high where somebody signs in, refreshes, ends sessions or orders, and for whoever guards accounts', () => {
    expect(named('high')).toEqual([
      'POST /auth/password',
      'POST /auth/password-reset/confirm',
      'POST /auth/login',
      'POST /auth/step-up',
      'POST /auth/totp',
      'POST /auth/totp/confirm',
      'POST /auth/totp/recovery-codes',
      'DELETE /auth/totp',
      'POST /oauth/token',
      'POST /oauth/revoke',
      'POST /oauth/introspect',
      'POST /auth/logout',
      'DELETE /auth/sessions/:id',
      'POST /auth/logout-others',
      'POST /auth/logout-everywhere',
      'POST /auth/users/:id/disable',
      'POST /auth/users/:id/enable',
      'PUT /auth/users/:id/roles',
      'DELETE /auth/users/:id/totp',
      'DELETE /platform/sessions/:id',
      'POST /platform/keys/rotate',
      'POST /orders',
      'POST /platform/instances/:id/drain',
      'POST /platform/instances/:id/undrain',
      'PUT /platform/balancer',
      'POST /platform/instances/:id/fault',
    ]);
  });

  it('is low for what shows a page of many', () => {
    expect(named('low')).toEqual([
      'GET /auth/sessions',
      'GET /platform/sessions',
      'GET /auth/activity',
      'GET /platform/audit',
      'GET /platform/anomalies',
      'GET /users',
      'GET /products',
      'GET /orders',
    ]);
  });

  it('is left to the service where that has a lane of its own: what hashes passwords', () => {
    expect(allRoutes.filter(boundsItself).map(({ path }) => path)).toEqual([
      '/auth/register',
      '/auth/password',
      '/auth/password-reset/confirm',
      '/auth/login',
      '/auth/step-up',
    ]);
  });
});
