import { SessionManager } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import argon2 from '@node-rs/argon2';
import { eq } from 'drizzle-orm';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { Passwords } from '../accounts/passwords.js';
import { users } from '../db/schema.js';
import { AuthServiceUnderTest, issuer } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 12);
});
afterAll(() => service.stop());

const login = (body: unknown, headers?: Record<string, string>) =>
  service.call('POST', '/auth/login', { body, headers });

describe('POST /auth/login', () => {
  it('answers with tokens that an independent verifier accepts by the published keys', async () => {
    const { id, email, password } = await service.register();
    const answer = await login({ email: email.toUpperCase(), password });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('pragma')).toBe('no-cache');
    expect(answer.body).toEqual({
      access_token: expect.any(String),
      token_type: 'Bearer',
      expires_in: 300,
      refresh_token: expect.any(String),
      refresh_expires_in: 1800,
      sessionId: expect.any(String),
    });
    const keys = createRemoteJWKSet(new URL(`${service.at(1)}/.well-known/jwks.json`));
    const { payload, protectedHeader } = await jwtVerify(String(answer.body['access_token']), keys, {
      issuer,
      audience: 'holdfast',
      typ: 'at+jwt',
      algorithms: ['ES256'],
    });
    expect(protectedHeader).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
    expect(payload).toEqual({
      iss: issuer,
      aud: 'holdfast',
      sub: id,
      client_id: 'holdfast-cli',
      sid: answer.body['sessionId'],
      jti: expect.any(String),
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 300,
      auth_time: expect.any(Number),
      acr: '1',
      roles: ['user'],
    });
  });

  it('G1: the session is valid on the other instance at once', async () => {
    const { access_token: token } = await service.signIn(await service.register());
    expect((await service.call('GET', '/auth/session', { token, at: 1 })).status).toBe(200);
  });

  it('answers a wrong password, an unknown account and a disabled one alike', async () => {
    const ada = await service.register();
    const disabled = await service.register();
    await service.database.orm.update(users).set({ disabledAt: new Date() }).where(eq(users.id, disabled.id));
    const answers = await Promise.all([
      login({ email: ada.email, password: 'not the password' }),
      login({ email: `x${ada.email}`, password: ada.password }),
      login({ email: disabled.email, password: disabled.password }),
    ]);
    for (const { status, body, headers } of answers) {
      expect({ status, body }).toMatchObject({ status: 401, body: { code: 'ERR_CREDENTIALS' } });
      expect(body['detail']).toBe(answers[0].body['detail']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer /);
    }
  });

  it('does the same work for an account that is there and for one that is not', async () => {
    const ada = await service.register();
    const passwords = service.instances[0]?.app.get(Passwords, { strict: false }) as Passwords;
    const verify = jest.spyOn(passwords, 'verify');
    await login({ email: ada.email, password: 'not the password' });
    await login({ email: `x${ada.email}`, password: 'not the password' });
    jest.restoreAllMocks();
    const [known, unknown] = verify.mock.calls.map(([hash]) => hash);
    expect(verify.mock.calls).toHaveLength(2);
    // Without a hash one of nobody is compared, at the same cost.
    expect([typeof known, typeof unknown]).toEqual(['string', 'undefined']);
  });

  it('notes from where: the last hop that the gateway saw, and the user agent cut to 256', async () => {
    const ada = await service.register();
    const token = (
      await service.signIn(ada, {
        'x-forwarded-for': '203.0.113.66, 198.51.100.7',
        'user-agent': 'u'.repeat(300),
      })
    ).access_token;
    const { body } = await service.call('GET', '/auth/sessions', { token });
    expect(body['sessions']).toMatchObject([{ ip: '198.51.100.7', userAgent: 'u'.repeat(256) }]);
  });

  describe('with a password that was hashed with former parameters', () => {
    const hashOf = async (id: string) =>
      (await service.database.orm.select().from(users).where(eq(users.id, id)))[0]?.passwordHash ?? '';

    async function registeredLongAgo() {
      const ada = await service.register();
      const passwordHash = await argon2.hash(ada.password, {
        memoryCost: 8_192,
        timeCost: 1,
        parallelism: 1,
      });
      await service.database.orm.update(users).set({ passwordHash }).where(eq(users.id, ada.id));
      return { ...ada, passwordHash };
    }

    it('hashes it anew, once it is proven', async () => {
      const ada = await registeredLongAgo();
      expect((await login({ email: ada.email, password: 'not the password' })).status).toBe(401);
      expect(await hashOf(ada.id)).toBe(ada.passwordHash);
      await Promise.all([service.signIn(ada), service.signIn(ada)]);
      const today = await hashOf(ada.id);
      expect(today).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      await service.signIn(ada);
      expect(await hashOf(ada.id)).toBe(today);
    });

    it('leaves a password alone that is changed meanwhile', async () => {
      const ada = await registeredLongAgo();
      const passwords = service.instances[0]?.app.get(Passwords, { strict: false }) as Passwords;
      const hash = passwords.hash.bind(passwords);
      jest.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
        await service.database.orm.update(users).set({ passwordHash: 'changed' }).where(eq(users.id, ada.id));
        return hash(password);
      });
      expect((await login({ email: ada.email, password: ada.password })).status).toBe(200);
      expect(await hashOf(ada.id)).toBe('changed');
    });
  });

  it('lives 12 hours, or 30 days if it is to be remembered', async () => {
    const { email, password } = await service.register();
    const lifetime = async (rememberMe: boolean) => {
      const token = String((await login({ email, password, rememberMe })).body['access_token']);
      const { body } = await service.call('GET', '/auth/session', { token });
      return Date.parse(String(body['expiresAt'])) - Date.parse(String(body['createdAt']));
    };
    expect(await lifetime(false)).toBe(43_200_000);
    expect(await lifetime(true)).toBe(2_592_000_000);
  });

  it('ignores a bad credential that comes along', async () => {
    const { email, password } = await service.register();
    const answer = await login({ email, password }, { authorization: 'Bearer nonsense' });
    expect(answer.status).toBe(200);
  });

  describe('while all sessions of the account are ended', () => {
    /** Lets something happen between the check of the password and the begin of the session. */
    function meanwhile(happens: () => Promise<unknown>): void {
      const passwords = service.instances[0]?.app.get(Passwords, { strict: false });
      if (passwords === undefined) throw new Error('no instance runs');
      const verify = passwords.verify.bind(passwords);
      jest.spyOn(passwords, 'verify').mockImplementationOnce(async (hash, password) => {
        const isGenuine = await verify(hash, password);
        await happens();
        return isGenuine;
      });
    }
    const endAll = (userId: string) =>
      service.instances[0]?.app.get(SessionManager, { strict: false }).revokeAll(userId, 'logout');
    afterEach(() => {
      jest.restoreAllMocks();
    });

    it('begins a session that comes after it', async () => {
      const ada = await service.register();
      meanwhile(async () => endAll(ada.id));
      const { access_token: token } = await service.signIn(ada);
      expect((await service.call('GET', '/auth/session', { token, at: 1 })).status).toBe(200);
    });

    it.each([
      ['another password', { passwordHash: 'changed' }],
      ['disabled', { disabledAt: new Date() }],
    ])('begins none if the account is then %s', async (_what, change) => {
      const ada = await service.register();
      meanwhile(async () => {
        const passwords = service.instances[0]?.app.get(Passwords, { strict: false });
        const passwordHash = await passwords?.hash('another password');
        const changed = 'passwordHash' in change ? { passwordHash } : change;
        await service.database.orm.update(users).set(changed).where(eq(users.id, ada.id));
        await endAll(ada.id);
      });
      expect(await login({ email: ada.email, password: ada.password })).toMatchObject({
        status: 401,
        body: { code: 'ERR_CREDENTIALS' },
      });
    });

    it('begins one with the roles that the account has then', async () => {
      const ada = await service.register();
      meanwhile(async () => {
        const given = { roles: ['user', 'support'], authzVersion: 1 };
        await service.database.orm.update(users).set(given).where(eq(users.id, ada.id));
        await service.instances[0]?.app.get(SessionManager, { strict: false }).changeRoles(ada.id, given);
      });
      const { access_token: token } = await service.signIn(ada);
      const { body } = await service.call('GET', '/auth/session', { token, at: 1 });
      expect(body['roles']).toEqual(['user', 'support']);
      expect(decodeJwt(token)['roles']).toEqual(['user', 'support']);
    });

    it('takes correct credentials in a race with ten of them', async () => {
      const { id, email, password } = await service.register();
      const race = Array.from({ length: 10 }, async () => {
        const [answer] = await Promise.all([login({ email, password }), endAll(id)]);
        return answer.status;
      });
      expect(await Promise.all(race)).toEqual(Array.from({ length: 10 }, () => 200));
    });
  });

  it('stands a burst of 60 sign-ins while everything else is answered', async () => {
    const ada = await service.register();
    const { access_token: token } = await service.signIn(ada);
    let signedIn = 0;
    const burst = Array.from({ length: 60 }, () => service.signIn(ada).then(() => (signedIn += 1)));
    expect((await service.call('GET', '/auth/session', { token })).status).toBe(200);
    // Sent after all of them and answered before the last: it does not queue behind their hashes.
    expect(signedIn).toBeLessThan(60);
    await Promise.all(burst);
    expect(signedIn).toBe(60);
  });

  it('puts neither e-mail nor name into the token', async () => {
    const ada = await service.register();
    const text = JSON.stringify(decodeJwt((await service.signIn(ada)).access_token));
    expect(text).not.toContain('@');
    expect(text).not.toContain('Ada');
  });
});

describe('bad input to POST /auth/login', () => {
  const good = { email: 'ada@example.test', password: 'x' };
  it.each([
    ['malformed JSON', '{"email":'],
    ['no object', '[]'],
    ['null', 'null'],
    ['wrong types', { email: 7, password: [] }],
    ['a password of 1,025 characters', { ...good, password: 'x'.repeat(1025) }],
    ['no body', ''],
    ['an e-mail with NUL', { ...good, email: 'a\u0000@example.test' }],
    ['a transport that is none', { ...good, transport: 'header' }],
    ['a code that is none', { ...good, code: 'x' }],
    ['rememberMe that is no boolean', { ...good, rememberMe: 'yes' }],
    ['an unknown member', { ...good, remember: true }],
  ])('refuses %s', async (_what, body) => {
    expect(await login(body)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
  });

  it('does not take a form', async () => {
    const answer = await service.form('/auth/login', { email: 'ada@example.test', password: 'x' });
    expect(answer).toMatchObject({ status: 415, body: { code: 'ERR_MEDIA_TYPE' } });
  });

  it('knows only POST', async () => {
    const answer = await service.call('GET', '/auth/login');
    expect(answer).toMatchObject({ status: 405, body: { code: 'ERR_METHOD' } });
    expect(answer.headers.get('allow')).toBe('POST');
  });
});
