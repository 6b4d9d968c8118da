import { SessionManager } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { Passwords } from '../accounts/passwords.js';
import { users } from '../db/schema.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';
import { Browser } from '../testing/browser.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 12);
});
afterAll(() => service.stop());
afterEach(() => {
  jest.restoreAllMocks();
});

const stepUp = ({ access_token: token }: Tokens, password: unknown, at = 0) =>
  service.call('POST', '/auth/step-up', { token, body: { password }, at });
const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token, at: 1 });
const disable = (id: string) =>
  service.database.orm.update(users).set({ disabledAt: new Date() }).where(eq(users.id, id));

describe('POST /auth/step-up', () => {
  it('raises the session by the password: same id, level 2, new tokens that say so', async () => {
    const ada = await service.register();
    const before = await service.signIn(ada);
    const answer = await stepUp(before, ada.password, 1);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('pragma')).toBe('no-cache');
    const after = answer.body as unknown as Tokens;
    expect(after).toMatchObject({ token_type: 'Bearer', expires_in: 300, sessionId: before.sessionId });
    expect(after.refresh_token).not.toBe(before.refresh_token);
    const claims = decodeJwt(after.access_token);
    expect(claims).toMatchObject({ acr: '2', sid: before.sessionId, step_up_time: claims['auth_time'] });
    expect((await session(after)).body['acr']).toBe(2);
    const refreshed = await service.refresh(after.refresh_token, 1);
    expect(decodeJwt(String(refreshed.body['access_token']))).toMatchObject({ acr: '2' });
  });

  it('raises nothing that was out before: neither the access token nor the refresh token', async () => {
    const ada = await service.register();
    const before = await service.signIn(ada);
    await stepUp(before, ada.password);
    expect((await session(before)).body['acr']).toBe(1);
    const refreshed = await service.refresh(before.refresh_token, 1);
    expect(refreshed).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect((await session(before)).status).toBe(200);
  });

  it('rotates the cookie of a browser; the one of before stays what it was for a moment', async () => {
    const { email, password } = await service.register();
    const browser = new Browser(service);
    const { body } = await browser.call('POST', '/auth/login', {
      body: { email, password, transport: 'cookie' },
    });
    const late = new Browser(service);
    late.cookie = browser.cookie;
    const raised = await browser.call('POST', '/auth/step-up', { body: { password } });
    expect(raised.body).toEqual({ sessionId: body['sessionId'], expiresAt: body['expiresAt'] });
    expect(browser.cookie).not.toBe(late.cookie);
    expect((await browser.call('GET', '/auth/session')).body['acr']).toBe(2);
    expect((await late.call('GET', '/auth/session')).body['acr']).toBe(1);
  });

  it('refuses another password, and an account that is disabled, and raises nothing', async () => {
    const ada = await service.register();
    const tokens = await service.signIn(ada);
    const wrong = await stepUp(tokens, 'not the password');
    await disable(ada.id);
    const disabled = await stepUp(tokens, ada.password);
    for (const answer of [wrong, disabled]) {
      expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_CREDENTIALS' } });
      expect(answer.body['detail']).toBe(wrong.body['detail']);
    }
    expect((await session(tokens)).body['acr']).toBe(1);
  });

  it.each([
    ['all sessions are ended', (id: string) => manager().revokeAll(id, 'logout'), 'logout'],
    [
      'the account is disabled',
      async (id: string) => {
        await disable(id);
        await manager().revokeAll(id, 'account-disabled');
      },
      'account-disabled',
    ],
  ])('raises nothing when %s meanwhile', async (_what, happens, endedBecause) => {
    const ada = await service.register();
    const tokens = await service.signIn(ada);
    const passwords = service.instances[0]?.app.get(Passwords, { strict: false }) as Passwords;
    const verify = passwords.verify.bind(passwords);
    jest.spyOn(passwords, 'verify').mockImplementationOnce(async (hash, password) => {
      const isGenuine = await verify(hash, password);
      await happens(ada.id);
      return isGenuine;
    });
    const answer = await stepUp(tokens, ada.password);
    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SESSION_ENDED', endedBecause } });
  });

  it('wants a session, and is no sign-in', async () => {
    const { password } = await service.register();
    const answer = await service.call('POST', '/auth/step-up', { body: { password } });
    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
  });

  it.each([
    ['no body', undefined],
    ['no password', {}],
    ['an empty password', { password: '' }],
    ['a password that is no text', { password: 7 }],
    ['a code that is none', { password: 'x', code: 'x'.repeat(100) }],
    ['an unknown member', { password: 'x', acr: 2 }],
  ])('refuses %s', async (_what, body) => {
    const { access_token: token } = await service.signIn(await service.register());
    const answer = await service.call('POST', '/auth/step-up', { token, body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
  });
});

function manager(): SessionManager {
  return service.instances[0]?.app.get(SessionManager, { strict: false }) as SessionManager;
}
