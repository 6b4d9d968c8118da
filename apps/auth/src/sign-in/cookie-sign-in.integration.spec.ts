import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { AuthServiceUnderTest } from '../testing/auth-service.js';
import { Browser, setCookieOf } from '../testing/browser.js';

const MONTH_S = 2_592_000;
let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 12);
});
afterAll(() => service.stop());

/** Somebody new with a browser that is signed in. */
async function signedIn(rememberMe = false) {
  const person = await service.register();
  const { email, password } = person;
  const browser = new Browser(service);
  const body = { email, password, transport: 'cookie', rememberMe };
  const answer = await browser.call('POST', '/auth/login', { body });
  return { ...person, browser, answer, sessionId: String(answer.body['sessionId']) };
}

describe('signing in with a browser', () => {
  it('answers with the session, and a cookie that no script and no other site gets', async () => {
    const { answer } = await signedIn();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ sessionId: expect.any(String), expiresAt: expect.any(String) });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const set = setCookieOf(answer);
    expect(set?.value).toMatch(/^[A-Za-z0-9_-]{108}$/);
    expect([...(set?.attributes ?? [])].sort()).toEqual(['httponly', 'path=/', 'samesite=lax', 'secure']);
    expect(answer.text).not.toContain(set?.value);
  });

  it('lets the cookie outlive the browser only for who wants to be remembered', async () => {
    const { answer, browser, password } = await signedIn(true);
    expect(setCookieOf(answer)?.attributes).toContain(`max-age=${MONTH_S}`);
    const raised = await browser.call('POST', '/auth/step-up', { body: { password } });
    const attribute = setCookieOf(raised)?.attributes.find((each) => each.startsWith('max-age='));
    const maxAge = Number(attribute?.slice('max-age='.length));
    // Up to the same deadline as before, however long ago that was.
    expect(maxAge).toBeLessThanOrEqual(MONTH_S);
    expect(maxAge).toBeGreaterThan(MONTH_S - 300);
  });

  it('begins a session like any other: it is listed beside those of the API, and each ends the other', async () => {
    const { browser, sessionId, email, password, id } = await signedIn();
    const cli = await service.signIn({ email, password });
    const { body } = await browser.call('GET', '/auth/sessions');
    const sessions = body['sessions'] as { id: string; current: boolean }[];
    expect(new Map(sessions.map((each) => [each.id, each.current]))).toEqual(
      new Map([
        [sessionId, true],
        [cli.sessionId, false],
      ]),
    );
    const token = cli.access_token;
    const own = await service.call('GET', '/auth/sessions', { token, at: 1 });
    expect(own.body['sessions']).toHaveLength(2);
    const ended = await service.call('DELETE', `/auth/sessions/${sessionId}`, { token });
    expect(ended).toMatchObject({ status: 200, body: { revoked: 1 } });
    expect(setCookieOf(ended)).toBeUndefined();
    expect((await service.exchange(browser.cookie)).body).toMatchObject({ endedBecause: 'revoked' });
    expect(decodeJwt(token).sub).toBe(id);
  });

  it('replaces the session of the browser by a new one with a new cookie', async () => {
    const { browser, email, password, sessionId } = await signedIn();
    const before = browser.cookie;
    const again = await browser.call('POST', '/auth/login', {
      body: { email, password, transport: 'cookie' },
    });
    expect(again.body['sessionId']).not.toBe(sessionId);
    expect(browser.cookie).not.toBe(before);
    expect((await service.exchange(before)).body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'replaced',
    });
    expect((await browser.call('GET', '/auth/session')).status).toBe(200);
  });

  it('takes the cookie of a session away that tokens replace: both together would be refused', async () => {
    const { browser, email, password } = await signedIn();
    const answer = await browser.call('POST', '/auth/login', { body: { email, password } });
    expect(answer.body).toHaveProperty('access_token');
    expect(browser.cookie).toBeUndefined();
    await browser.call('POST', '/auth/guest', { body: { transport: 'cookie' } });
    await browser.call('POST', '/auth/guest');
    expect(browser.cookie).toBeUndefined();
  });

  it('sets no cookie when it fails', async () => {
    const { email } = await service.register();
    const body = { email, password: 'not the password', transport: 'cookie' };
    const answer = await service.call('POST', '/auth/login', { body });
    expect(answer.status).toBe(401);
    expect(setCookieOf(answer)).toBeUndefined();
  });

  it('gives a browser no refresh token: what is in the cookie is not one', async () => {
    const { browser } = await signedIn();
    expect((await service.refresh(browser.cookie ?? '')).body).toMatchObject({ error: 'invalid_grant' });
  });
});

describe('a browser that leaves', () => {
  it.each(['/auth/logout', '/auth/logout-everywhere'])('forgets its cookie with POST %s', async (path) => {
    const { browser } = await signedIn();
    const cookie = browser.cookie;
    const answer = await browser.call('POST', path);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        revoked: 1,
        acknowledgedBy: expect.any(Number),
        instances: expect.any(Number),
        tookMs: expect.any(Number),
        boundMs: 0,
        durable: true,
      },
    });
    expect(setCookieOf(answer)).toMatchObject({ value: '' });
    expect(browser.cookie).toBeUndefined();
    expect((await service.exchange(cookie, 1)).body).toMatchObject({ endedBecause: 'logout' });
  });

  it('forgets its cookie when it ends its own session by its id, and keeps it otherwise', async () => {
    const { browser, sessionId } = await signedIn();
    expect(setCookieOf(await browser.call('POST', '/auth/logout-others'))).toBeUndefined();
    const answer = await browser.call('DELETE', `/auth/sessions/${sessionId}`);
    expect(setCookieOf(answer)?.attributes).toContain('max-age=0');
  });

  it('leaves the cookies of API clients alone: they have none', async () => {
    const { access_token: token } = await service.signIn(await service.register());
    expect(setCookieOf(await service.call('POST', '/auth/logout', { token }))).toBeUndefined();
  });
});
