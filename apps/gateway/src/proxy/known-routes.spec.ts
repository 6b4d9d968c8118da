import { allRoutes } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import { knownRoute } from './known-routes.js';

describe('what a route does with a session', () => {
  it.each([
    ['GET', '/products', 'optional'],
    ['HEAD', '/products?x=/cart', 'optional'],
    ['POST', '/auth/login', 'optional'],
    ['POST', '/%61uth//login', 'optional'],
    ['POST', '/oauth/token', 'optional'],
    ['GET', '/.well-known/jwks.json', 'optional'],
    ['GET', '/auth/session', 'required'],
    ['HEAD', '/auth/session', 'required'],
    ['DELETE', '/auth/sessions/abc', 'required'],
    ['PUT', '/cart/items/p-1', 'required'],
    ['GET', '/orders/a%2Fb', 'required'],
    ['GET', '/users/me', 'required'],
    ['GET', '/platform/sessions?userId=1', 'required'],
    ['POST', '/platform/keys/rotate', 'required'],
    ['POST', '/oauth/introspect', 'none'],
  ])('%s %s: %s', (method, target, use) => {
    expect(knownRoute(method, target)?.use).toBe(use);
  });

  it.each([
    ['PUT', '/auth/login'],
    ['OPTIONS', '/cart'],
    ['GET', '/cart/'],
    ['GET', '/orders/a/b'],
    ['GET', '/internal/profiles/1'],
    ['GET', '/productsx'],
  ])('%s %s is no route', (method, target) => {
    expect(knownRoute(method, target)).toBeUndefined();
  });

  it('is known of every route of the contract', () => {
    for (const { method, path, access } of allRoutes) {
      const target = path.replaceAll(/:\w+/g, 'x-1');
      const use = knownRoute(method, target)?.use;
      const expected =
        access === 'public' || access === 'client'
          ? 'optional'
          : access === 'service-client'
            ? 'none'
            : 'required';
      expect([method, target, use]).toEqual([method, target, expected]);
    }
  });
});

describe('repeating a request', () => {
  it.each([
    ['POST', '/orders', true],
    ['POST', '/orders?x=1', true],
    ['POST', '/auth/login', false],
    ['POST', '/cart/items/1/add', false],
  ])('%s %s with an Idempotency-Key may be done twice: %s', (method, target, keyed) => {
    expect(knownRoute(method, target)?.keyed).toBe(keyed);
  });
});
