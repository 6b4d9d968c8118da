import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ApiClient, Browser, Device, register, type Answer } from '@holdfast/fleet-client';
import { decodeJwt } from 'jose';
import { direct, fleet, gateway, processes, sendBytes } from './fleet.js';

const codeOf = ({ status, body }: Answer): unknown => [status, (body as Record<string, unknown>)['code']];

async function raw(method: string, path: string, headers: Record<string, string>, body?: unknown) {
  return (await gateway()).call(method, path, { headers, ...(body !== undefined && { body }) });
}

describe('session fixation', () => {
  it('is no way in: a sign-in makes a new session with a new secret, and the planted one is over', async () => {
    const api = await gateway();
    const attacker = await Browser.guest(api);
    const planted = attacker.cookie ?? '';
    const victim = new Browser(api, planted);
    const { status, body } = await victim.signIn(await register(api));
    expect(status).toBe(200);
    expect(victim.cookie).not.toBe(planted);
    expect(body['sessionId']).not.toBe(attacker.sessionId);
    const answer = await attacker.call('GET', '/cart');
    expect(answer.body).toMatchObject({ code: 'ERR_SESSION_ENDED', endedBecause: 'replaced' });
  });
});

describe('cross-site request forgery', () => {
  const evil = 'https://evil.example';

  it('cannot change anything with the cookie of a browser', async () => {
    const { url } = (await fleet()).gateway;
    const browser = await Browser.signIn(await gateway(), await register(await gateway()));
    const cookie = `__Host-session=${browser.cookie}`;
    const foreign: Record<string, string>[] = [
      {},
      { origin: evil },
      { origin: 'null' },
      { origin: evil, 'sec-fetch-site': 'same-origin' },
      { origin: url, 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { referer: `${url}/` },
    ];
    for (const headers of foreign) {
      const answer = await raw('POST', '/auth/logout-everywhere', { cookie, ...headers });
      expect([headers, ...(codeOf(answer) as [])]).toEqual([headers, 403, 'ERR_CSRF']);
    }
    expect((await raw('GET', '/cart', { cookie, origin: evil })).status).toBe(200);
    expect((await browser.call('POST', '/auth/logout')).status).toBe(200);
  });

  it('cannot sign a browser in to an account of the attacker', async () => {
    const credentials = await register(await gateway());
    const body = { email: credentials.email, password: credentials.password, transport: 'cookie' };
    for (const headers of [{ origin: evil }, { 'sec-fetch-site': 'cross-site' }] as Record<
      string,
      string
    >[]) {
      expect(codeOf(await raw('POST', '/auth/login', headers, body))).toEqual([403, 'ERR_CSRF']);
      expect(codeOf(await raw('POST', '/auth/guest', headers, { transport: 'cookie' }))).toEqual([
        403,
        'ERR_CSRF',
      ]);
    }
  });

  it('finds no CORS: another origin reads nothing', async () => {
    const preflight = await raw('OPTIONS', '/cart', {
      origin: evil,
      'access-control-request-method': 'PUT',
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
    expect(
      (await raw('GET', '/products', { origin: evil })).headers.get('access-control-allow-origin'),
    ).toBeNull();
  });
});

describe('a credential in the wrong place', () => {
  it('G16: opens nothing: each kind is taken for what it is only', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const browser = await Browser.signIn(api, credentials);
    const { access_token: access, refresh_token: refresh, sessionId } = device.tokens;
    for (const token of [refresh, browser.cookie ?? '', sessionId]) {
      expect(codeOf(await api.call('GET', '/cart', { token }))).toEqual([401, 'ERR_UNAUTHENTICATED']);
    }
    for (const value of [access, refresh, sessionId, 'x', '']) {
      const answer = await raw('GET', '/cart', { cookie: `__Host-session=${value}` });
      expect(answer.status).toBe(401);
    }
    for (const token of [access, browser.cookie ?? '', sessionId]) {
      expect((await device.presentRefresh(token)).body).toMatchObject({ error: 'invalid_grant' });
    }
    const both = await api.call('GET', '/cart', {
      token: access,
      headers: { cookie: `__Host-session=${browser.cookie}` },
    });
    expect(codeOf(both)).toEqual([400, 'ERR_AMBIGUOUS_CREDENTIALS']);
    const twice = { cookie: `__Host-session=${browser.cookie}; __Host-session=${browser.cookie}` };
    expect((await raw('GET', '/cart', twice)).status).toBe(400);
    expect((await device.call('GET', '/cart')).status).toBe(200);
    expect((await browser.call('GET', '/cart')).status).toBe(200);
  });

  it('G16: is no use to a service by itself: a cookie opens nothing on its own port', async () => {
    const api = await gateway();
    const browser = await Browser.signIn(api, await register(api));
    for (const role of ['auth', 'user', 'order'] as const) {
      const [instance] = await processes(role);
      if (instance === undefined) throw new Error(`no ${role} runs`);
      const path = { auth: '/auth/session', user: '/users/me', order: '/cart' }[role];
      const headers = { cookie: `__Host-session=${browser.cookie}` };
      expect((await direct(instance).call('GET', path, { headers })).status).toBe(401);
    }
  });
});

describe('headers that lie', () => {
  it('set no identity, no role, no address', async () => {
    const api = await gateway();
    const device = await Device.ofNewUser(api);
    const claims = decodeJwt(device.tokens.access_token);
    const headers = {
      'x-user-id': randomUUID(),
      'x-user-roles': 'admin',
      'x-roles': 'admin',
      'x-session-id': 'x',
      'x-internal': '1',
      'x-forwarded-for': '203.0.113.7',
      forwarded: 'for=203.0.113.7',
      'x-real-ip': '203.0.113.7',
      'x-original-url': '/internal/sessions/exchange',
      'x-http-method-override': 'DELETE',
    };
    const me = await device.call('GET', '/users/me', { headers });
    expect(me.body).toMatchObject({ id: claims.sub, roles: ['user'] });
    expect((await device.call('GET', '/users', { headers })).status).toBe(403);
    const credentials = await register(api);
    const login = await api.call<{ access_token: string }>('POST', '/auth/login', {
      headers,
      body: { email: credentials.email, password: credentials.password },
    });
    const { body } = await api.call<{ sessions: { ip: string }[] }>('GET', '/auth/sessions', {
      token: login.body.access_token,
    });
    expect(body.sessions.map(({ ip }) => ip)).toEqual(['127.0.0.1']);
  });

  it('open no internal route, in whatever spelling', async () => {
    for (const path of [
      '/internal/sessions/exchange',
      '//internal/sessions/exchange',
      '/%69nternal/sessions/exchange',
      '/INTERNAL/sessions/exchange',
      '/auth/../internal/sessions/exchange',
      '/auth/%2e%2e/internal/sessions/exchange',
      '/auth/..%2finternal/sessions/exchange',
      '/internal/accounts/lookup',
      '/platform/internal/accounts/lookup',
    ]) {
      // As bytes: clients of HTTP resolve dots and escapes before they send.
      const head = `POST ${path} HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\ncontent-length: 0`;
      expect([path, (await sendBytes(`${head}\r\n\r\n`)).split(' ')[1]]).toEqual([path, '404']);
    }
  });
});

describe('raising oneself', () => {
  it('fails: no role by registration, none by a token, none for guests', async () => {
    const api = await gateway();
    const body = {
      email: `eve-${randomUUID()}@example.test`,
      password: `pw-${randomUUID()}`,
      displayName: 'Eve',
    };
    for (const extra of [{ roles: ['admin'] }, { id: randomUUID() }, { role: 'admin' }]) {
      expect(codeOf(await api.call('POST', '/auth/register', { body: { ...body, ...extra } }))).toEqual([
        400,
        'ERR_VALIDATION',
      ]);
    }
    const eve = await Device.ofNewUser(api);
    const { id } = (await eve.call('GET', '/users/me')).body;
    const adminOnly: [string, string, unknown?][] = [
      ['GET', '/users'],
      ['GET', '/platform/sessions?userId=' + String(id)],
      ['DELETE', `/platform/sessions/${eve.sessionId}`],
      ['POST', '/platform/keys/rotate'],
      ['PUT', `/auth/users/${String(id)}/roles`, { roles: ['user', 'admin'] }],
      ['POST', `/auth/users/${String(id)}/disable`],
    ];
    for (const [method, path, payload] of adminOnly) {
      const answer = await eve.call(method, path, payload === undefined ? {} : { body: payload });
      expect([method, path, ...(codeOf(answer) as [])]).toEqual([method, path, 403, 'ERR_FORBIDDEN']);
    }
    const guest = await Browser.guest(api);
    for (const path of ['/users/me', '/orders']) {
      expect(codeOf(await guest.call('GET', path))).toEqual([403, 'ERR_FORBIDDEN']);
    }
  });

  it('is not possible with a token from before a step-up', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const browser = await Browser.signIn(api, credentials);
    const before = browser.cookie ?? '';
    const stepUp = await browser.call('POST', '/auth/step-up', { body: { password: credentials.password } });
    expect(stepUp.status).toBe(200);
    expect(browser.cookie).not.toBe(before);
    // Requests that were on their way go through, as what they were.
    const late = new Browser(api, before);
    expect((await late.call('GET', '/auth/session')).body).toMatchObject({ acr: 1 });
    expect((await browser.call('GET', '/auth/session')).body).toMatchObject({ acr: 2 });
    const body = { newPassword: `new-${randomUUID()}` };
    expect(codeOf(await late.call('POST', '/auth/password', { body }))).toEqual([
      403,
      'ERR_STEP_UP_REQUIRED',
    ]);
    expect((await browser.call('POST', '/auth/password', { body })).status).toBe(200);
  });
});

describe('telling accounts apart', () => {
  it('is not possible by a sign-in or a reset', async () => {
    const api = await gateway();
    const { email } = await register(api);
    const nobody = `nobody-${randomUUID()}@example.test`;
    const shapes = async (path: string, body: object) =>
      Promise.all(
        [email, nobody].map(async (address) => {
          const { status, body: answer } = await api.call('POST', path, {
            body: { email: address, ...body },
          });
          return { status, answer: { ...answer, requestId: undefined } };
        }),
      );
    for (const [path, body] of [
      ['/auth/login', { password: 'not the password' }],
      ['/auth/password-reset', {}],
    ] as const) {
      const [known, unknown] = await shapes(path, body);
      expect(known).toEqual(unknown);
    }
  });
});

describe('races', () => {
  it('G9: leave nobody in: a logout everywhere against sign-ins, refreshes and step-ups in flight', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const instances = (await processes('auth')).map((one) => new ApiClient(`http://127.0.0.1:${one.port}`));
    const [first = api, second = api] = instances;
    const begun = Promise.all([
      device.at(first).presentRefresh(),
      device.at(second).call('POST', '/auth/step-up', { body: { password: credentials.password } }),
      device.at(first).presentRefresh(),
    ]);
    const ended = await device.at(second).call('POST', '/auth/logout-everywhere');
    const answers = (await begun).map(({ body }) => (body as { access_token?: string }).access_token);
    expect([200, 401]).toContain(ended.status);
    for (const token of answers) {
      if (token !== undefined) expect((await api.call('GET', '/cart', { token })).status).toBe(401);
    }
  });
});
