import { describe, expect, it } from '@jest/globals';
import { clearedSessionCookie, SESSION_COOKIE, sessionCookie } from './session-cookie.js';

describe('the session cookie', () => {
  it('carries what its prefix asks for, and no domain (RFC 6265bis 4.1.3.2)', () => {
    for (const cookie of [sessionCookie('abc'), sessionCookie('abc', 60), clearedSessionCookie()]) {
      const [pair, ...attributes] = cookie.split('; ');
      expect(pair).toMatch(new RegExp(`^${SESSION_COOKIE}=(abc)?$`));
      expect(attributes).toEqual(expect.arrayContaining(['Secure', 'HttpOnly', 'SameSite=Lax', 'Path=/']));
      expect(cookie).not.toMatch(/domain/i);
    }
    expect(SESSION_COOKIE).toMatch(/^__Host-/);
  });

  it('lives until the browser is closed, or as long as it is told to', () => {
    expect(sessionCookie('abc')).not.toMatch(/max-age|expires/i);
    expect(sessionCookie('abc', 2_592_000)).toMatch(/; Max-Age=2592000$/);
    expect(clearedSessionCookie()).toMatch(/^__Host-session=; .*; Max-Age=0$/);
  });

  it.each(['', 'a b', 'a;b', 'a\r\nset-cookie: x=y', 'a,b', '"a"', 'ä', 'a=b'])('carries no %j', (value) => {
    expect(() => sessionCookie(value)).toThrow(TypeError);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('lives for no %p seconds', (seconds) => {
    expect(() => sessionCookie('abc', seconds)).toThrow(TypeError);
  });
});
