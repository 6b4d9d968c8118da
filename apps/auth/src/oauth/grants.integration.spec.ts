import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest, metricsSecret, serviceClients } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 14, { CEILING_PER_ADDRESS: '5' });
});
afterAll(() => service.stop());

const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
const order = basic('order', serviceClients.order);
const scraper = basic('prometheus', metricsSecret);
const post = (path: string, form: Record<string, string>, headers = {}) =>
  service.call('POST', path, { headers, body: new URLSearchParams(form) });
const client = { client_id: 'holdfast-cli' };

describe('POST /oauth/token', () => {
  it('gives a service a token that opens internal routes and no user’s', async () => {
    const answer = await post('/oauth/token', { grant_type: 'client_credentials' }, order);
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 300, scope: 'internal', access_token: expect.any(String) },
    });
    expect(Object.keys(answer.body)).toHaveLength(4);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const token = String(answer.body['access_token']);
    expect((await service.call('GET', '/auth/session', { token })).status).toBeGreaterThanOrEqual(401);
    expect((await service.call('POST', '/platform/keys/rotate', { token })).status).toBe(403);
  });

  it('gives who collects metrics a token that opens /metrics and nothing else', async () => {
    const grant = { grant_type: 'client_credentials', scope: 'metrics:read' };
    const answer = await post('/oauth/token', grant, scraper);
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: 'Bearer', expires_in: 300, scope: 'metrics:read' },
    });
    const token = String(answer.body['access_token']);
    const headers = { authorization: `Bearer ${token}` };
    const metrics = await fetch(`${service.at()}/metrics`, { headers });
    expect([metrics.status, await metrics.text()]).toEqual([
      200,
      expect.stringContaining('holdfast_sign_ins_total'),
    ]);
    for (const path of ['/healthz', '/auth/session', '/platform/sessions', '/platform/audit'])
      expect(await service.call('GET', path, { token })).toMatchObject({
        status: 403,
        body: { code: 'ERR_FORBIDDEN' },
      });
    const exchange = await service.call('POST', '/internal/sessions/exchange', {
      token,
      body: { cookie: 'x' },
    });
    expect(exchange).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
  });

  it('gives each program its own scope, said or not, and no other', async () => {
    const grant = { grant_type: 'client_credentials' };
    expect((await post('/oauth/token', grant, scraper)).body).toMatchObject({ scope: 'metrics:read' });
    for (const [headers, scope] of [
      [scraper, 'internal'],
      [scraper, 'metrics:read internal'],
      [order, 'metrics:read'],
    ] as const)
      expect(await post('/oauth/token', { ...grant, scope }, headers)).toMatchObject({
        status: 400,
        body: { error: 'invalid_scope' },
      });
    const token = await service.serviceToken('order');
    expect(await service.call('GET', '/metrics', { token })).toMatchObject({
      status: 403,
      body: { code: 'ERR_FORBIDDEN' },
    });
  });

  it.each([
    ['a public client that wants a service’s token', { ...client, grant_type: 'client_credentials' }, {}],
    ['a service that has a refresh token', { grant_type: 'refresh_token', refresh_token: 'x' }, order],
  ])('refuses %s as unauthorized_client', async (_what, form, headers) => {
    expect(await post('/oauth/token', form as Record<string, string>, headers)).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
  });

  it.each([
    ['a wrong secret', basic('order', serviceClients.user)],
    ['an unknown service', basic('somebody', serviceClients.order)],
    ['the secret of who collects metrics', basic('order', metricsSecret)],
    ['no secret', basic('order', '')],
    ['half a header', { authorization: 'Basic' }],
  ])('refuses a service with %s, and asks for Basic', async (_what, headers) => {
    const answer = await post('/oauth/token', { grant_type: 'client_credentials' }, headers);
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="holdfast"');
  });

  it('has a ceiling for refreshes from one address, and says when to come again', async () => {
    const tokens = await service.signIn(await service.register());
    const burst = await Promise.all(
      Array.from({ length: 40 }, (_, n) => service.refresh(tokens.refresh_token, n % 2)),
    );
    const refused = burst.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    for (const { body, headers } of refused) {
      expect(body).toMatchObject({ code: 'ERR_RATE_LIMITED', status: 429 });
      expect(headers.get('retry-after')).toBe('1');
    }
    const passed = burst.filter(({ status }) => status === 200);
    expect(passed).toHaveLength(burst.length - refused.length);
    expect(new Set(passed.map(({ body }) => body['refresh_token'])).size).toBe(1);
    expect((await service.call('GET', '/auth/session', { token: tokens.access_token })).status).toBe(200);
  });
});

describe('POST /oauth/introspect', () => {
  it.each([
    ['nobody', {}, client],
    ['the public client', basic('holdfast-cli', 'x'), client],
    ['a user', { authorization: 'Bearer x' }, {}],
    [
      'a service with its secret in the form',
      {},
      { client_id: 'order', client_secret: serviceClients.order },
    ],
  ])('is not for %s', async (_what, headers, form) => {
    const answer = await post(
      '/oauth/introspect',
      { ...(form as Record<string, string>), token: 'x' },
      headers,
    );
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
    expect(answer.headers.get('www-authenticate')).toBe('Basic realm="holdfast"');
  });

  it('tells who collects metrics nothing, and services what its token is good for', async () => {
    const token = await service.serviceToken('prometheus');
    expect(await post('/oauth/introspect', { token }, scraper)).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    });
    expect((await post('/oauth/introspect', { token }, order)).body).toMatchObject({
      active: true,
      sub: 'prometheus',
      client_id: 'prometheus',
      scope: 'metrics:read',
    });
  });

  it('wants a token, and a form', async () => {
    expect(await post('/oauth/introspect', {}, order)).toMatchObject({
      status: 400,
      body: { error: 'invalid_request' },
    });
    const json = await service.call('POST', '/oauth/introspect', { headers: order, body: { token: 'x' } });
    expect(json).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
  });

  it('says nothing but "inactive" of what is no token', async () => {
    for (const token of ['x', 'a.b.c', '\u0000', 'ä'.repeat(5_000), serviceClients.order]) {
      const answer = await post('/oauth/introspect', { token, token_type_hint: 'nonsense' }, order);
      expect([answer.status, answer.body]).toEqual([200, { active: false }]);
    }
  });
});

describe('POST /oauth/revoke', () => {
  it('is not for services, which were given none of the tokens', async () => {
    const tokens = await service.signIn(await service.register());
    const answer = await post('/oauth/revoke', { token: tokens.refresh_token }, order);
    expect(answer).toMatchObject({ status: 400, body: { error: 'unauthorized_client' } });
    expect((await service.call('GET', '/auth/session', { token: tokens.access_token })).status).toBe(200);
  });
});
