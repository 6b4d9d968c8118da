import { randomBytes } from 'node:crypto';
import { DataOpener } from '@holdfast/session-token';
import { RemoteJwks, type JsonWebKeySet } from '@holdfast/session-nest';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { AuthServiceUnderTest, serviceClients, type Tokens } from '../testing/auth-service.js';
import { Browser } from '../testing/browser.js';

const PATH = '/internal/session-data';
const DATA = 'x-session-data';
const TTL_MS = 300_000;
/** Clocks may differ by 5 seconds. */
const BOUND_MS = TTL_MS + 5_000;
const cart = '{"at":1,"1":{"items":[]}}';

let service: AuthServiceUnderTest;
let opener: DataOpener;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14, { SESSION_STRATEGY: 'token' });
  const keys = new RemoteJwks(
    async () => (await service.call('GET', '/.well-known/jwks.json')).body as unknown as JsonWebKeySet,
  );
  opener = new DataOpener({ secret: service.environment['SEALING_SECRET'] ?? '' }, keys);
});
afterAll(() => service.stop());

async function signedIn() {
  const person = await service.register();
  return { ...person, tokens: await service.signIn(person) };
}

/** Has auth write a namespace, as the service that owns it does. */
async function write(caller: keyof typeof serviceClients, change: object) {
  return service.call('POST', PATH, { token: await service.serviceToken(caller), body: change });
}

async function cartOf(sessionId: string): Promise<string> {
  return String((await write('order', { sessionId, namespace: 'order', json: cart })).body['sealed']);
}

describe('sessions of the strategy token', () => {
  it('have tokens that say it all, and no data that anybody keeps', async () => {
    const { tokens, id } = await signedIn();
    const claims = decodeJwt(tokens.access_token);
    expect(claims).toMatchObject({ sub: id, sid: tokens.sessionId, session_exp: expect.any(Number) });
    expect(claims).not.toHaveProperty('remember_me');
    expect([43_199, 43_200]).toContain(tokens.refresh_expires_in);
    for (const n of [0, 1]) {
      const { body } = await service.call('GET', '/auth/session', { token: tokens.access_token, at: n });
      expect(Object.keys(body).sort()).toEqual(
        ['acr', 'createdAt', 'data', 'expiresAt', 'id', 'roles', 'userId'].sort(),
      );
    }
  });

  it('are counted by nobody, and metrics are collected all the same', async () => {
    const headers = { authorization: `Bearer ${await service.serviceToken('prometheus')}` };
    const answer = await fetch(`${service.at()}/metrics`, { headers });
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain('holdfast_sign_ins_total');
    expect(text).not.toContain('holdfast_live_sessions');
  });

  it('take a demotion at the next refresh, and a disabled account at once there', async () => {
    const { tokens, id } = await signedIn();
    const { access_token: token } = await service.administrator();
    const give = (...roles: string[]) =>
      service.call('PUT', `/auth/users/${id}/roles`, { token, body: { roles } });
    await give('user', 'admin');
    const promoted = await service.refresh(tokens.refresh_token);
    expect(decodeJwt(String(promoted.body['access_token']))).toMatchObject({ roles: ['user', 'admin'] });
    await give('user');
    const refreshed = await service.refresh(tokens.refresh_token, 1);
    expect(decodeJwt(String(refreshed.body['access_token']))).toMatchObject({
      roles: ['user'],
      sid: tokens.sessionId,
    });
    const receipt = await service.call('POST', `/auth/users/${id}/disable`, { token });
    expect(receipt.body).toMatchObject({ revoked: 0, durable: true, boundMs: BOUND_MS });
    const refused = { status: 400, body: { error: 'invalid_grant', endedBecause: 'account-disabled' } };
    expect(await service.refresh(tokens.refresh_token)).toMatchObject(refused);
  });

  it('end with the old password at the next refresh, but for the one that changed it', async () => {
    const person = await signedIn();
    const other = await service.signIn(person);
    const raised = await service.stepUp(person.tokens, person.password);
    expect(raised.sessionId).toBe(person.tokens.sessionId);
    const body = { newPassword: `new-${person.password}` };
    const { body: receipt } = await service.call('POST', '/auth/password', {
      token: raised.access_token,
      body,
    });
    expect(receipt).toMatchObject({ revoked: 0, durable: true, boundMs: BOUND_MS });
    expect((await service.refresh(raised.refresh_token)).status).toBe(200);
    expect((await service.refresh(other.refresh_token)).body).toMatchObject({ error: 'invalid_grant' });
    const late = await service.call('POST', '/auth/step-up', {
      token: other.access_token,
      body: { password: body.newPassword },
    });
    expect(late.body).toMatchObject({ code: 'ERR_SESSION_ENDED' });
  });

  it('are introspected as they are: no spent token is known', async () => {
    const { tokens } = await signedIn();
    const basic = Buffer.from(`order:${serviceClients.order}`).toString('base64');
    const introspect = (token: string) =>
      service.call('POST', '/oauth/introspect', {
        body: new URLSearchParams({ token }),
        headers: { authorization: `Basic ${basic}` },
      });
    await service.refresh(tokens.refresh_token);
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      expect((await introspect(token)).body).toMatchObject({
        active: true,
        sid: tokens.sessionId,
        roles: ['user'],
      });
    }
    expect((await introspect(`${tokens.refresh_token}A`)).body).toEqual({ active: false });
  });

  it('are listed and ended for nobody: 501', async () => {
    const { tokens, id } = await signedIn();
    const { access_token: admin } = await service.administrator();
    const own = { token: tokens.access_token };
    const answers = await Promise.all([
      service.call('GET', '/auth/sessions', own),
      service.call('DELETE', `/auth/sessions/${tokens.sessionId}`, own),
      service.call('POST', '/auth/logout-others', own),
      service.call('POST', '/auth/logout-everywhere', own),
      service.call('GET', `/platform/sessions?userId=${id}`, { token: admin }),
      service.call('DELETE', `/platform/sessions/${tokens.sessionId}`, { token: admin }),
      service.form('/oauth/revoke', { token: tokens.access_token, client_id: 'holdfast-cli' }),
    ]);
    for (const { status, body } of answers)
      expect([status, body['code']]).toEqual([501, 'ERR_STRATEGY_UNSUPPORTED']);
    const nonsense = await service.form('/oauth/revoke', { token: 'nonsense', client_id: 'holdfast-cli' });
    expect(nonsense.status).toBe(200);
    expect((await service.call('DELETE', '/auth/sessions/nonsense', own)).status).toBe(404);
  });

  it('are left with a receipt of zeros, and a browser forgets both cookies', async () => {
    const person = await service.register();
    const { email, password } = person;
    const browser = new Browser(service);
    await browser.call('POST', '/auth/login', { body: { email, password, transport: 'cookie' } });
    const token = String((await service.exchange(browser.cookie)).body['accessToken']);
    const { body, headers } = await service.call('POST', '/auth/logout', { token });
    const zeros = { revoked: 0, acknowledgedBy: 0, instances: 0 };
    expect(body).toEqual({ ...zeros, tookMs: expect.any(Number), boundMs: BOUND_MS, durable: false });
    const cleared = headers.getSetCookie();
    expect(cleared.map((line) => line.split('=')[0])).toEqual(['__Host-session', '__Host-session-data']);
    for (const line of cleared) expect(line).toContain('Max-Age=0');
  });

  it('have cookies that only auth opens, with the account as it is', async () => {
    const person = await service.register();
    const { email, password, id } = person;
    const browser = new Browser(service);
    const login = { email, password, transport: 'cookie', rememberMe: true };
    const { headers } = await browser.call('POST', '/auth/login', { body: login });
    expect(headers.getSetCookie()[0]).toMatch(/Max-Age=25\d{5}$/);
    const { status, body } = await service.exchange(browser.cookie, 1);
    expect(status).toBe(200);
    expect(decodeJwt(String(body['accessToken']))).toMatchObject({
      client_id: 'holdfast-web',
      remember_me: true,
    });
    const { tokens } = await signedIn();
    for (const cookie of ['nonsense', `${browser.cookie}A`, tokens.refresh_token]) {
      expect((await service.exchange(cookie)).body).toMatchObject({ code: 'ERR_UNAUTHENTICATED' });
    }
    const { access_token: admin } = await service.administrator();
    await service.call('POST', `/auth/users/${id}/disable`, { token: admin });
    expect((await service.exchange(browser.cookie)).body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'account-disabled',
    });
  });
});

describe(`POST ${PATH}`, () => {
  it('is for the services that own data, with a token of their own', async () => {
    const { tokens } = await signedIn();
    const change = { sessionId: tokens.sessionId, namespace: 'order', json: cart };
    expect((await service.call('POST', PATH, { body: change })).status).toBe(401);
    expect((await service.call('POST', PATH, { body: change, token: tokens.access_token })).status).toBe(403);
    expect((await write('gateway', change)).status).toBe(403);
    const { status, body } = await write('order', change);
    expect(status).toBe(200);
    expect(await opener.open(tokens.sessionId, String(body['sealed']))).toEqual({
      order: { version: 1, value: { at: 1, 1: { items: [] } } },
    });
  });

  it('changes nobody else’s namespace, and what is too much not at all', async () => {
    const { sessionId } = (await signedIn()).tokens;
    const sealed = await cartOf(sessionId);
    const change = { sessionId, sealed, namespace: 'order' };
    expect((await write('user', { ...change, json: '{}' })).body).toMatchObject({ code: 'ERR_FORBIDDEN' });
    const json = JSON.stringify(randomBytes(4_000).toString('base64url'));
    expect(await write('order', { ...change, json })).toMatchObject({
      status: 413,
      body: { code: 'ERR_SESSION_DATA_TOO_LARGE' },
    });
  });

  it('takes what does not fit its schema for what it is', async () => {
    const { sessionId } = (await signedIn()).tokens;
    for (const change of [{}, { sessionId, json: cart }, { sessionId, namespace: '__proto__', json: cart }]) {
      expect((await write('order', change)).body).toMatchObject({ code: 'ERR_VALIDATION' });
    }
    expect((await write('order', { sessionId, namespace: 'order', json: '{' })).body).toMatchObject({
      code: 'ERR_VALIDATION',
    });
  });
});

describe('a guest’s data', () => {
  it('follows who signs in, sealed for the new session', async () => {
    const guest = (await service.call('POST', '/auth/guest')).body as unknown as Tokens;
    const sealed = await cartOf(guest.sessionId);
    const { email, password } = await service.register();
    const { headers, body } = await service.call('POST', '/auth/login', {
      token: guest.access_token,
      body: { email, password },
      headers: { [DATA]: sealed },
    });
    const handed = headers.get(DATA) ?? '';
    expect(await opener.open(String(body['sessionId']), handed)).toMatchObject({ order: { version: 1 } });
    expect(await opener.open(guest.sessionId, handed)).toBeUndefined();
  });

  it('goes to a browser in a cookie, and follows one guest into the next', async () => {
    const guest = (await service.call('POST', '/auth/guest')).body as unknown as Tokens;
    const { headers } = await service.call('POST', '/auth/guest', {
      token: guest.access_token,
      body: { transport: 'cookie' },
      headers: { [DATA]: await cartOf(guest.sessionId) },
    });
    const names = headers.getSetCookie().map((line) => line.split('=')[0]);
    expect(names.sort()).toEqual(['__Host-session', '__Host-session-data']);
    expect(headers.get(DATA)).toBeNull();
  });

  it('is left behind where it is not a guest’s', async () => {
    const person = await signedIn();
    const sealed = await cartOf(person.tokens.sessionId);
    const { email, password } = await service.register();
    const { headers } = await service.call('POST', '/auth/login', {
      token: person.tokens.access_token,
      body: { email, password },
      headers: { [DATA]: sealed },
    });
    expect(headers.get(DATA)).toBeNull();
  });
});
