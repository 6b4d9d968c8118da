import { allRoutes } from '@holdfast/contracts';
import { describe, expect, it } from '@jest/globals';
import { credentialUse } from './credential-use.js';

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
    ['PUT', '/auth/login', 'none'],
    ['OPTIONS', '/cart', 'none'],
    ['GET', '/cart/', 'none'],
    ['GET', '/orders/a/b', 'none'],
    ['GET', '/internal/profiles/1', 'none'],
    ['GET', '/productsx', 'none'],
  ])('%s %s: %s', (method, target, use) => {
    expect(credentialUse(method, target)).toBe(use);
  });

  it('is known of every route of the contract', () => {
    for (const { method, path, access } of allRoutes) {
      const target = path.replaceAll(/:\w+/g, 'x-1');
      const use = credentialUse(method, target);
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
