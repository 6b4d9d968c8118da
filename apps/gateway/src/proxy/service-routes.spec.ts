import { describe, expect, it } from '@jest/globals';
import { normalisePath, serviceOf } from './service-routes.js';

describe('bitten 10: routing on a normalised copy', () => {
  it.each([
    ['/auth/login', 'auth'],
    ['/oauth/token?x=/users', 'auth'],
    ['/.well-known/jwks.json', 'auth'],
    ['/users/me', 'user'],
    ['/products', 'order'],
    ['/cart/items/1', 'order'],
    ['/orders?limit=1', 'order'],
    ['/platform/sessions?userId=1', 'auth'],
    ['/platform/sessions/abc', 'auth'],
    ['/platform/keys/rotate', 'auth'],
    ['/platform/audit?type=sign-in', 'auth'],
    ['/platform/anomalies', 'auth'],
    ['/%75sers/me', 'user'],
    ['/./auth/login', 'auth'],
    ['//auth/login', 'auth'],
    ['/users/../auth/login', 'auth'],
  ])('bitten 10: %s goes to %s', (target, service) => {
    expect(serviceOf(target)).toBe(service);
  });

  it.each([
    '/',
    '/internal/profiles/1',
    '/Internal/profiles/1',
    '/%69nternal/profiles/1',
    '//internal/profiles/1',
    '/./internal/profiles/1',
    '/auth/../internal/profiles/1',
    '/auth/%2e%2e/internal/profiles/1',
    '/auth/.%2E/internal/profiles/1',
    '/internal/../auth/login',
    '/internal/..%2fauth/login',
    '/%69nternal/%2e%2e/auth/login',
    '/internal',
    '/INTERNAL/sessions/exchange',
    '/internal/sessions/exchange?x=/auth',
    '/.//internal/sessions/exchange',
    '/%2e/%2e%2finternal/sessions/exchange',
    '/platform/../internal/sessions/exchange',
    '/platform/sessions/../../internal/sessions/exchange',
    '/platform/sessions%2f..%2f..%2finternal',
    '/platform',
    '/platform/',
    '/platform/topology',
    '/platform/instances/order-1/drain',
    '/platform/sessionsx',
    '/platform/Sessions',
    '/platform/sessions/../topology',
    '/platform%2fsessions',
    '/authx',
    '/auth%2flogin',
    '/AUTH/login',
    '/users%00',
    '/metrics',
  ])('bitten 10: %s goes nowhere', (target) => {
    expect(serviceOf(target)).toBeUndefined();
  });

  it('bitten 10: decodes once, and %2F never', () => {
    expect(normalisePath('/a/%252e%252e/b')).toBe('/a/%2e%2e/b');
    expect(normalisePath('/a%2F..%2Fb')).toBe('/a%2F..%2Fb');
    expect(normalisePath('/a/b/../../../c?../x')).toBe('/c');
  });
});
