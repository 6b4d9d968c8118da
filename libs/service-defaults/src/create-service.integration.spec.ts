import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { isPermitted, ROLES } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { securityHeaders } from './http/security-headers.js';
import { startTestService, type TestService } from './spec/test-service.js';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ INSTANCE_ID: 'order-spec' });
});
afterAll(() => service.drain());

const call = (path: string, init: RequestInit = {}) => fetch(`${service.url}${path}`, init);
const post = (path: string, body: string, type = 'application/json') =>
  call(path, { method: 'POST', body, headers: { 'content-type': type } });

const FORM = 'application/x-www-form-urlencoded';

async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const document = (await response.json()) as Record<string, unknown>;
  expect(document).toMatchObject({
    status: response.status,
    requestId: response.headers.get('x-request-id'),
  });
  expect(document).toMatchObject({ type: `urn:holdfast:error:${document.code}`, title: expect.any(String) });
  return document;
}

async function raw(request: string): Promise<string> {
  const socket = connect(service.port, '127.0.0.1');
  socket.write(request);
  return (await socket.setEncoding('utf8').toArray()).join('');
}

describe('every answer', () => {
  it.each(['/items', '/nowhere', '/fail/coded', '/livez', '/items/%zz'])(
    'of %s names its request and its instance',
    async (path) => {
      const { headers } = await call(path);
      expect(headers.get('x-served-by')).toBe('order-spec');
      expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('is kept by nobody unless its route says so, and never when it is an error', async () => {
    for (const path of ['/items', '/nowhere', '/fail/coded', '/livez', '/items/%zz', '/me', '/kept?fail=1'])
      expect([path, (await call(path)).headers.get('cache-control')]).toEqual([path, 'no-store']);
    expect((await call('/kept')).headers.get('cache-control')).toBe('public, max-age=300');
  });

  it.each(['/items', '/nowhere', '/fail/error', '/livez', '/items/%zz', '/me', '/kept'])(
    'of %s has the security headers, names no server and lets no other origin in',
    async (path) => {
      const { headers } = await call(path, { headers: { origin: 'https://elsewhere.test' } });
      expect(Object.fromEntries(headers)).toMatchObject(Object.fromEntries(securityHeaders()));
      const names = [...headers.keys()];
      expect(names.filter((name) => /^server$|powered|^access-control|^vary$/.test(name))).toEqual([]);
    },
  );

  it('to a preflight allows nothing', async () => {
    const asked = { origin: 'https://elsewhere.test', 'access-control-request-method': 'POST' };
    const { status, headers } = await call('/items', { method: 'OPTIONS', headers: asked });
    expect([status, [...headers.keys()].filter((name) => name.startsWith('access-control'))]).toEqual([
      405,
      [],
    ]);
  });

  it('comes of all header lines, however many', async () => {
    const lines = Array.from({ length: 2_500 }, () => 'a: b\r\n').join('');
    const answer = await raw(
      `GET /items HTTP/1.1\r\nhost: x\r\n${lines}x-request-id: the-last\r\nconnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain('\r\nx-request-id: the-last\r\n');
  });

  it.each(['a', 'A.b_c-1', 'x'.repeat(128)])('takes the valid request id %s', async (id) => {
    expect((await call('/items', { headers: { 'x-request-id': id } })).headers.get('x-request-id')).toBe(id);
  });

  it.each(['', 'a b', 'ä', 'x'.repeat(129), 'a,b', '{"a":1}'])('makes one instead of %j', async (id) => {
    const given = encodeURI(id) === id ? id : Buffer.from(id).toString('latin1');
    const { headers } = await call('/items', { headers: { 'x-request-id': given } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('works for HEAD wherever there is a GET', async () => {
    for (const path of ['/items', '/livez', '/nowhere', '/me']) {
      const [head, get] = await Promise.all([call(path, { method: 'HEAD' }), call(path)]);
      expect([head.status, await head.text()]).toEqual([get.status, '']);
    }
  });
});

describe('bad input', () => {
  it.each(['{', '{"name":', '[1,', 'null x', '', '\u0000'])(
    'calls the malformed JSON %j invalid',
    async (body) => {
      const response = await post('/items', body);
      expect([response.status, (await problem(response)).code]).toEqual([400, 'ERR_VALIDATION']);
    },
  );

  it('names every member of a wrong type', async () => {
    const response = await post(
      '/items',
      JSON.stringify({ name: 1, quantity: 'x', tags: ['a', 2], more: true, 'odd.one': 1 }),
    );
    const { code, errors } = await problem(response);
    expect([response.status, code]).toEqual([400, 'ERR_VALIDATION']);
    expect(errors).toEqual([
      { path: 'name', message: expect.stringContaining('string') },
      { path: 'quantity', message: expect.any(String) },
      { path: 'tags.1', message: expect.any(String) },
      { path: 'more', message: 'Unknown member' },
      { path: 'odd.one', message: 'Unknown member' },
    ]);
  });

  it.each(['null', '[]', '"text"', '1'])('does not take %s for an object', async (body) => {
    expect((await problem(await post('/items', body))).code).toBe('ERR_VALIDATION');
  });

  it('lists 50 faults at most', async () => {
    const tags = Array.from({ length: 5_000 }, (_, index) => index);
    const members = Object.fromEntries(tags.map((tag) => [`m${tag}`, 1]));
    for (const body of [{ tags }, members, { tags: tags.slice(0, 30), ...members }]) {
      const { errors } = await problem(
        await post('/items', JSON.stringify({ name: 'a', quantity: 1, ...body })),
      );
      expect(errors).toHaveLength(50);
    }
  });

  it('validates query and path, and coerces where the schema says so', async () => {
    expect(await (await call('/items?limit=7')).json()).toMatchObject({ limit: 7 });
    expect((await problem(await call('/items?limit=0'))).errors).toEqual([
      { path: 'limit', message: expect.any(String) },
    ]);
    expect((await problem(await call('/items/not-a-uuid'))).code).toBe('ERR_VALIDATION');
  });

  it.each([
    ['DELETE', '/items/1/tags'],
    ['POST', '/notes'],
  ])('takes zero bytes of JSON for no body (%s %s)', async (method, path) => {
    const headers = { 'content-type': 'application/json' };
    const response = await call(path, { method, headers });
    expect([response.status, await response.json()]).toEqual([
      method === 'POST' ? 201 : 200,
      { body: 'none' },
    ]);
  });

  it('takes a body of 64 KiB', async () => {
    const name = 'x'.repeat(65_536 - '{"name":"","quantity":1}'.length);
    expect((await post('/items', JSON.stringify({ name, quantity: 1 }))).status).toBe(201);
  });

  it('refuses a body over 64 KiB, announced or not', async () => {
    const large = JSON.stringify({ name: 'x'.repeat(65_536), quantity: 1 });
    expect(await problem(await post('/items', large))).toMatchObject({
      status: 413,
      code: 'ERR_BODY_TOO_LARGE',
    });
    const stream = new Blob([large]).stream();
    const chunked = {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    };
    expect((await call('/items', chunked as RequestInit)).status).toBe(413);
  });

  it.each([
    'text/plain',
    'application/xml',
    'multipart/form-data; boundary=x',
    'nonsense',
    'application/jsonx',
  ])('refuses the media type %s', async (type) => {
    expect(await problem(await post('/items', '{}', type))).toMatchObject({
      status: 415,
      code: 'ERR_MEDIA_TYPE',
    });
  });

  it.each(['gzip', 'br', 'identity, gzip', 'x'])('refuses a body with the encoding %s', async (coding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': coding };
    const item = { method: 'POST', headers, body: '{"name":"a","quantity":1}' };
    expect(await problem(await call('/items', item))).toMatchObject({ status: 415, code: 'ERR_MEDIA_TYPE' });
    expect((await call('/nowhere', item)).status).toBe(404);
    const plain = { ...item, headers: { ...headers, 'content-encoding': 'Identity' } };
    expect((await call('/items', plain)).status).toBeLessThan(300);
  });

  it('refuses forms on routes whose contract names none', async () => {
    for (const path of ['/items', '/notes', '/nowhere-with-a-form']) {
      const response = await post(path, 'name=a&quantity=1', FORM);
      expect((await problem(response)).code).toBe(
        path.startsWith('/nowhere') ? 'ERR_NOT_FOUND' : 'ERR_MEDIA_TYPE',
      );
    }
  });

  it.each([
    '{"__proto__":{"polluted":true},"name":"a","quantity":1}',
    '{"constructor":{"prototype":{"polluted":true}},"name":"a","quantity":1}',
    '{"name":"a","quantity":1,"\\u005f_proto__":{"polluted":true}}',
  ])('lets %s reach nothing', async (body) => {
    const response = await post('/items', body);
    expect([response.status, Object.hasOwn(Object.prototype, 'polluted')]).toEqual([400, false]);
    expect((await problem(response)).code).toBe('ERR_VALIDATION');
  });

  it('does not know an unknown path', async () => {
    for (const path of [
      '/nowhere',
      '/',
      '/items/',
      '/ITEMS',
      '/items/%2e%2e/x',
      '/constructor',
      '/__proto__',
    ]) {
      expect(await problem(await call(path))).toMatchObject({ status: 404, code: 'ERR_NOT_FOUND' });
    }
  });

  it('names the methods that a path knows', async () => {
    for (const [path, method, allow] of [
      ['/items', 'DELETE', 'GET, HEAD, POST'],
      ['/items/1?x=1', 'PUT', 'GET, HEAD'],
      ['/sessions', 'GET', 'POST'],
      ['/items', 'OPTIONS', 'GET, HEAD, POST'],
    ] as const) {
      const response = await call(path, { method });
      expect(await problem(response)).toMatchObject({ status: 405, code: 'ERR_METHOD' });
      expect(response.headers.get('allow')).toBe(allow);
    }
    for (const path of ['/items', '/items/1', '/nowhere', '/']) {
      const answer = await raw(`TRACE ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 405 [^]*\r\nallow:/);
    }
  });

  it.each([
    ['/items/%zz', 400, 'ERR_BAD_REQUEST'],
    [`/items/${'a'.repeat(400)}`, 404, 'ERR_NOT_FOUND'],
  ])('answers the path %s', async (path, status, code) => {
    expect(await problem(await call(path))).toMatchObject({ status, code });
  });

  it('answers in the same form what never became a request', async () => {
    const malformed = await raw('GET / HTTP/1.1\r\nbad header\r\n\r\n');
    expect(malformed).toMatch(/^HTTP\/1.1 400 /);
    expect(malformed).toContain('"code":"ERR_BAD_REQUEST"');
    const heavy = await raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`);
    expect(heavy).toMatch(/^HTTP\/1.1 431 /);
    expect(heavy).toContain('"code":"ERR_HEADERS_TOO_LARGE"');
    for (const answer of [malformed, heavy]) {
      const id = /\r\nx-request-id: (\S+)\r\n/.exec(answer)?.[1];
      expect(answer).toContain(`"requestId":"${id}"`);
      expect(answer).toContain('\r\nx-served-by: order-spec\r\n');
      expect(answer).toContain('\r\ncache-control: no-store\r\n');
      for (const [name, value] of securityHeaders()) expect(answer).toContain(`\r\n${name}: ${value}\r\n`);
    }
  });

  it('keeps the id of what never became a request', async () => {
    const answer = await raw('GET / HTTP/1.1\r\nX-Request-Id: sent-1\r\nbad header\r\n\r\n');
    expect(answer).toContain('\r\nx-request-id: sent-1\r\n');
    expect(answer).toContain('"requestId":"sent-1"');
  });

  it('refuses a request without Host in the same form, unless it is HTTP/1.0', async () => {
    const answer = await raw('GET /items HTTP/1.1\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"code":"ERR_BAD_REQUEST"');
    expect(answer).toContain('\r\nx-served-by: order-spec\r\n');
    expect(await raw('GET /items HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /);
  });

  it('takes larger headers than the gateway does', async () => {
    expect((await call('/items', { headers: { x: 'y'.repeat(20_000) } })).status).toBe(200);
  });
});

describe('an OAuth route', () => {
  const token = '/oauth/token';

  it('takes a form; a parameter that comes twice is a list', async () => {
    const response = await post(token, 'a=1&b=&a=2&c=%C3%A4+x', `${FORM}; charset=UTF-8`);
    expect(await response.json()).toEqual({ body: { a: ['1', '2'], b: '', c: 'ä x' } });
  });

  it.each([
    ['malformed JSON', '{', 'application/json'],
    ['a foreign media type', 'a=1', 'text/xml'],
    ['a media type that is none', 'a=1', 'nonsense'],
    ['a forbidden parameter', 'a=1&__proto__=x', FORM],
    ['33 parameters', 'a=1&'.repeat(33), FORM],
    ['parameters without values', '&'.repeat(65_536), FORM],
  ])('answers %s by RFC 6749 5.2', async (_what, body, type) => {
    const response = await post(token, body, type);
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'invalid_request', error_description: expect.any(String) },
    ]);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('pragma')).toBe('no-cache');
  });

  it('answers a body without a media type by RFC 6749 5.2', async () => {
    const answer = await raw(
      `POST ${token} HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\nconnection: close\r\n\r\na=1`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"error":"invalid_request"');
  });

  it('takes a form of 64 KiB and refuses a larger one', async () => {
    expect((await post(token, `a=${'x'.repeat(65_534)}`, FORM)).status).toBe(201);
    const response = await post(token, `a=${'x'.repeat(65_535)}`, FORM);
    expect(await problem(response)).toMatchObject({ status: 413, code: 'ERR_BODY_TOO_LARGE' });
  });
});

describe('faults', () => {
  it('shows an expected one with its code', async () => {
    expect(await problem(await call('/fail/coded'))).toMatchObject({ status: 409, detail: 'Taken.' });
  });

  it.each(['error', 'text'])('hides our own (%s), and logs it with the id of the request', async (how) => {
    const response = await call(`/fail/${how}`, { headers: { 'x-request-id': `hidden-${how}` } });
    const body = JSON.stringify(await problem(response));
    expect(response.status).toBe(500);
    expect(body).toContain('ERR_INTERNAL');
    expect(body).not.toMatch(/secret|hunter2|stack|at /);
    const line = service.log.find(
      (entry) => entry.includes(`"requestId":"hidden-${how}"`) && entry.includes('"err"'),
    );
    expect(JSON.parse(line ?? '{}')).toMatchObject({ level: 'error', err: { type: expect.any(String) } });
  });
});

describe('sessions', () => {
  it('are asked for, and known by token', async () => {
    const missing = await call('/me');
    expect(await problem(missing)).toMatchObject({ status: 401, code: 'ERR_UNAUTHENTICATED' });
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="holdfast"');
    const authorization = `Bearer ${await service.token(['user'])}`;
    expect((await call('/me', { headers: { authorization } })).status).toBe(200);
    expect(service.log.join('')).not.toContain(authorization.slice(7, 60));
  });
});

describe('G15: an ended session', () => {
  const sessionOf = (token: string) =>
    (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
  const linesOf = (requestId: string) =>
    service.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line.requestId === requestId && line.msg === 'refused: the session has ended');

  it('G15: is refused with the reason, which the log has once for each refused request, and no token', async () => {
    const token = await service.token(['user']);
    await service.app.get(SessionManager, { strict: false }).revoke(sessionOf(token), 'password-changed');
    for (const id of ['ended-1', 'ended-2']) {
      const headers = { authorization: `Bearer ${token}`, 'x-request-id': id };
      const answer = await problem(await call('/me', { headers }));
      expect(answer).toMatchObject({ code: 'ERR_SESSION_ENDED', endedBecause: 'password-changed' });
      expect(linesOf(id)).toEqual([
        expect.objectContaining({
          level: 'info',
          sessionId: sessionOf(token),
          endedBecause: 'password-changed',
          endedAt: answer.endedAt,
        }),
      ]);
    }
    for (const part of token.split('.')) expect(service.log.join('')).not.toContain(part);
  });

  it('G15: says so as well when it ends while its request is served', async () => {
    const token = await service.token(['user']);
    const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'late-1' };
    const response = await call('/me/late', { method: 'POST', headers });
    expect(response.headers.get('www-authenticate')).toContain(
      'error_description="The session ended: revoked"',
    );
    expect(await problem(response)).toMatchObject({ code: 'ERR_SESSION_ENDED', endedBecause: 'revoked' });
    expect(linesOf('late-1')).toMatchObject([{ sessionId: sessionOf(token), endedBecause: 'revoked' }]);
  });

  it('is nothing to log where anybody may come', async () => {
    const token = await service.token(['user']);
    await service.app.get(SessionManager, { strict: false }).revoke(sessionOf(token), 'logout');
    const headers = { authorization: `Bearer ${token}`, 'x-request-id': 'open-1' };
    expect((await call('/items', { headers })).status).toBe(200);
    expect(linesOf('open-1')).toEqual([]);
  });
});

describe('probes', () => {
  it('tell that the process lives and is ready', async () => {
    expect((await call('/livez')).status).toBe(200);
    expect((await call('/readyz')).status).toBe(200);
  });

  it('tell an admin about each dependency', async () => {
    expect((await call('/healthz')).status).toBe(401);
    const as = async (role: string) => ({
      headers: { authorization: `Bearer ${await service.token([role])}` },
    });
    for (const role of ROLES) {
      const { status } = await call('/healthz', await as(role));
      expect([role, status]).toEqual([role, isPermitted('health:read', [role]) ? 200 : 403]);
    }
    const response = await call('/healthz', await as('admin'));
    const up = { status: 'up', responseTime: expect.any(Number) };
    expect(await response.json()).toMatchObject({ status: 'ok', details: { redis: up, postgres: up } });
  });

  it('show an admin the metrics that are documented, of each the type that is documented', async () => {
    expect((await call('/metrics')).status).toBe(401);
    const headers = { authorization: `Bearer ${await service.token(['admin'])}` };
    const response = await call('/metrics', { headers });
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    const shown = (await response.text()).matchAll(/^# TYPE (\S+) (\S+)/gm);
    const document = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
    const rows = document.matchAll(/^\| `(\w+)` +\| (\w+)/gm);
    const named = (all: Iterable<RegExpMatchArray>) => [...all].map(([, name, type]) => `${name} ${type}`);
    expect(named(rows)).toEqual(expect.arrayContaining(named(shown)));
  });

  it('count requests by the template of their route and the class of their answer, and no path', async () => {
    const headers = { authorization: `Bearer ${await service.token(['admin'])}` };
    await call('/livez');
    await call('/nowhere/7b1d');
    const text = await (await call('/metrics', { headers })).text();
    const count = 'holdfast_http_request_duration_seconds_count';
    expect(text).toMatch(new RegExp(`^${count}\\{method="GET",route="/livez",status="2xx"\\} \\d`, 'm'));
    expect(text).toMatch(new RegExp(`^${count}\\{method="any",route="none",status="4xx"\\} \\d`, 'm'));
    expect(text).not.toContain('7b1d');
  });
});
