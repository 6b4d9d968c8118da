import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Device, register, type Answer } from '@holdfast/fleet-client';
import { generateKeyPair, SignJWT } from 'jose';
import { fleet, gateway, sendBytes } from './fleet.js';

/** What each problem document must be, whoever made it. */
function expectProblem(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { status, code } });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const { type, title, detail, requestId } = answer.body as Record<string, unknown>;
  for (const member of [type, title, detail]) expect(member).toEqual(expect.any(String));
  expect(requestId).toBe(answer.headers.get('x-request-id'));
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\(.*:\d+:\d+\)/);
}

describe('bad input', () => {
  it.each([
    ['malformed JSON', '{"email":', 400, 'ERR_VALIDATION'],
    ['wrong types', JSON.stringify({ email: 7, password: [] }), 400, 'ERR_VALIDATION'],
    ['no object', '[]', 400, 'ERR_VALIDATION'],
    ['too large a body', JSON.stringify({ email: 'x'.repeat(1_100_000) }), 413, 'ERR_BODY_TOO_LARGE'],
  ])('answers %s with its code', async (_what, body, status, code) => {
    const { gateway } = await fleet();
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/auth/login`, { method: 'POST', body, headers });
    expectProblem(
      { status: response.status, headers: response.headers, body: await response.json() },
      status,
      code,
    );
  });

  it('names each invalid member and what is wrong with it', async () => {
    const body = { email: 'nobody', password: 'short', displayName: '' };
    const answer = await (await gateway()).call('POST', '/auth/register', { body });
    expectProblem(answer, 400, 'ERR_VALIDATION');
    const { errors } = answer.body as { errors: { path: string; message: string }[] };
    expect(errors.map(({ path }) => path).sort()).toEqual(['displayName', 'email', 'password']);
  });

  it('answers unknown routes, wrong methods and internal routes without telling them apart from nothing', async () => {
    const api = await gateway();
    expectProblem(await api.call('GET', '/nothing/here'), 404, 'ERR_NOT_FOUND');
    expectProblem(await api.call('GET', '/auth/nothing'), 404, 'ERR_NOT_FOUND');
    expectProblem(await api.call('PUT', `/internal/profiles/${randomUUID()}`), 404, 'ERR_NOT_FOUND');
    const wrongMethod = await api.call('DELETE', '/products');
    expectProblem(wrongMethod, 405, 'ERR_METHOD');
    expect(wrongMethod.headers.get('allow')).toContain('GET');
  });

  it('refuses another media type', async () => {
    const headers = { 'content-type': 'text/xml' };
    const answer = await (await gateway()).call('POST', '/auth/login', { body: {}, headers });
    expectProblem(answer, 415, 'ERR_MEDIA_TYPE');
  });

  it('answers a wrong password and an unknown account alike', async () => {
    const api = await gateway();
    const { email } = await register(api);
    const answers = await Promise.all(
      [email, `nobody-${randomUUID()}@example.test`].map((address) =>
        api.call('POST', '/auth/login', { body: { email: address, password: 'not the password' } }),
      ),
    );
    for (const answer of answers) expectProblem(answer, 401, 'ERR_CREDENTIALS');
    expect(answers[0]?.body['detail']).toBe(answers[1]?.body['detail']);
  });

  it('refuses an e-mail that is taken', async () => {
    const api = await gateway();
    const { email } = await register(api);
    const body = { email: email.toUpperCase(), password: 'another password', displayName: 'Eve' };
    expectProblem(await api.call('POST', '/auth/register', { body }), 409, 'ERR_CONFLICT');
  });

  it("does not find another user's sessions and orders", async () => {
    const api = await gateway();
    const [ada, eve] = await Promise.all([Device.ofNewUser(api), Device.ofNewUser(api)]);
    expectProblem(await eve.call('DELETE', `/auth/sessions/${ada.sessionId}`), 404, 'ERR_NOT_FOUND');
    expect((await ada.call('GET', '/users/me')).status).toBe(200);
    await ada.call('PUT', '/cart/items/' + (await firstProduct()), { body: { quantity: 1 } });
    const order = await ada.call('POST', '/orders', { headers: { 'idempotency-key': randomUUID() } });
    expect(order.status).toBe(201);
    expectProblem(await eve.call('GET', `/orders/${String(order.body['id'])}`), 404, 'ERR_NOT_FOUND');
  });

  it('refuses an idempotency key that comes back with another body', async () => {
    const ada = await Device.ofNewUser(await gateway());
    const path = '/cart/items/' + (await firstProduct());
    const cart = await ada.call<{ version: number }>('PUT', path, { body: { quantity: 2 } });
    const headers = { 'idempotency-key': randomUUID() };
    const body = { cartVersion: cart.body.version };
    expect((await ada.call('POST', '/orders', { headers, body })).status).toBe(201);
    expect((await ada.call('POST', '/orders', { headers, body })).status).toBe(201);
    const other = await ada.call('POST', '/orders', { headers, body: { cartVersion: 99 } });
    expectProblem(other, 409, 'ERR_CONFLICT');
    expectProblem(await ada.call('POST', '/orders'), 400, 'ERR_VALIDATION');
  });

  it.each([
    ['two Host headers', 'GET /products HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    [
      'a length and an encoding',
      'POST /auth/login HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['an encoded line feed in the path', 'GET /products%0a HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['no HTTP at all', 'HELLO\r\n\r\n'],
  ])('refuses %s before any service sees it', async (_what, bytes) => {
    const answer = await sendBytes(bytes);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('ERR_BAD_REQUEST');
  });
});

describe('a token that is not ours', () => {
  const claims = { sid: 'x', client_id: 'holdfast-cli', roles: ['admin'], acr: '2', auth_time: 1 };

  it('G16: is refused: forged, malformed, unsigned, or in the wrong place', async () => {
    const api = await gateway();
    const device = await Device.ofNewUser(api);
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'nobody' })
      .setExpirationTime('1h')
      .sign(privateKey);
    const [header = '', payload = '', signature = ''] = device.tokens.access_token.split('.');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url');
    const flipped = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    const tokens = [
      forged,
      `${none}.${payload}.`,
      `${header}.${payload}.${flipped}`,
      `${header}.${payload}`,
      device.tokens.refresh_token,
      device.sessionId,
      'x',
    ];
    for (const token of tokens) {
      const answer = await api.call('GET', '/cart', { token });
      expectProblem(answer, 401, 'ERR_UNAUTHENTICATED');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    }
    const inQuery = await api.call('GET', `/cart?access_token=${device.tokens.access_token}`);
    expectProblem(inQuery, 401, 'ERR_UNAUTHENTICATED');
    expect(inQuery.headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_request"/);
  });
});

async function firstProduct(): Promise<string> {
  const answer = await (await gateway()).call<{ products: { id: string }[] }>('GET', '/products');
  return answer.body.products[0]?.id ?? '';
}
