import { describe, expect, it } from '@jest/globals';
import { rolesSchema, userIdPath } from './administration.js';
import { introspectionAnswerSchema, tokenFormSchema } from './oauth.js';
import { cookieAnswerSchema, guestSchema, loginSchema, signedInSchema, stepUpSchema } from './sign-in.js';

const credentials = { email: 'ada@example.org', password: 'x' };

describe('a sign-in', () => {
  it('is by bearer tokens, and not remembered, unless it says otherwise', () => {
    expect(loginSchema.parse(credentials)).toEqual({
      ...credentials,
      transport: 'bearer',
      rememberMe: false,
    });
    expect(guestSchema.parse({})).toEqual({ transport: 'bearer' });
  });

  it('refuses what it does not know', () => {
    for (const more of [
      { transport: 'header' },
      { rememberMe: 'yes' },
      { roles: ['admin'] },
      { code: 123456 },
    ]) {
      expect(loginSchema.safeParse({ ...credentials, ...more }).success).toBe(false);
    }
  });

  it('answers tokens or a cookie’s session, and never loses a member of either', () => {
    const tokens = {
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 300,
      refresh_token: 'r',
      refresh_expires_in: 1800,
      sessionId: 's',
    };
    const cookie = { sessionId: 's', expiresAt: '2026-11-21T09:30:00.000Z' };
    expect(signedInSchema.parse(tokens)).toEqual(tokens);
    expect(signedInSchema.parse(cookie)).toEqual(cookie);
    expect(cookieAnswerSchema.safeParse(tokens).success).toBe(false);
  });
});

describe('a code of the second factor', () => {
  it.each(['492039', '492 039', 'ABCD-EFGH-2345', 'abcdefghij'])('may be %j', (code) => {
    expect(stepUpSchema.safeParse({ password: 'x', code }).success).toBe(true);
  });

  it.each(['', '12345', '1'.repeat(41), '492039\n', '４９２０３９', '492039\u0000', 492039, null])(
    'is not %j',
    (code) => expect(stepUpSchema.safeParse({ password: 'x', code }).success).toBe(false),
  );
});

describe('the roles of an account', () => {
  it.each([[['user']], [['user', 'support']], [['admin', 'user', 'support']]])('may be %j', (roles) => {
    expect(rolesSchema.parse({ roles })).toEqual({ roles });
  });

  it.each([
    [[]],
    [['admin']],
    [['user', 'user']],
    [['user', 'guest']],
    [['user', 'root']],
    ['user'],
    [[['user']]],
  ])('are not %j', (roles) => expect(rolesSchema.safeParse({ roles }).success).toBe(false));
});

describe('a user’s id in a path', () => {
  it('comes out as it was given out', () => {
    const id = '7f0a4a52-6f0e-4a53-9d4c-0a3c8f9d2b11';
    expect(userIdPath.parse({ id: id.toUpperCase() })).toEqual({ id });
    for (const other of ['me', `${id} `, `{${id}}`, id.replaceAll('-', '')]) {
      expect(userIdPath.safeParse({ id: other }).success).toBe(false);
    }
  });
});

describe('OAuth', () => {
  it('knows two grants, and ignores what it does not know (RFC 6749 3.2)', () => {
    const refresh = { grant_type: 'refresh_token', refresh_token: 'r', client_id: 'holdfast-cli' };
    expect(tokenFormSchema.parse({ ...refresh, resource: 'x' })).toEqual(refresh);
    const own = { grant_type: 'client_credentials', scope: 'internal' };
    expect(tokenFormSchema.parse(own)).toEqual(own);
    for (const grant of ['password', 'authorization_code', '']) {
      expect(tokenFormSchema.safeParse({ ...refresh, grant_type: grant }).success).toBe(false);
    }
  });

  it('says nothing of a token that is not active (RFC 7662 2.2)', () => {
    expect(introspectionAnswerSchema.parse({ active: false, sub: 'x', exp: 1 })).toEqual({ active: false });
    expect(introspectionAnswerSchema.safeParse({ active: true }).success).toBe(false);
  });
});
