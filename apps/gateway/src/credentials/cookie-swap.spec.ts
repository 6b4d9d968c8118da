import { setTimeout as sleep } from 'node:timers/promises';
import { clearedSessionCookie } from '@holdfast/contracts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '../spec/call.js';
import { GatewayUnderTest, ISSUER } from '../spec/gateway-under-test.js';
import { head, sendRaw } from '../spec/raw-http.js';
import { SessionWorld, type CookieSession } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';

let world: SessionWorld;
let gateway: GatewayUnderTest;
let auth: Upstream;
let order: Upstream;
let user: CookieSession;

beforeEach(async () => {
  world = new SessionWorld();
  gateway = await GatewayUnderTest.start({ world });
  auth = await Upstream.start('auth-1', world.auth(sayId('auth-1')));
  order = await Upstream.start('order-1');
  gateway.use(auth, order);
  user = await world.signIn();
});
afterEach(() => gateway.stop());

const cookieOf = (session: CookieSession) => `__Host-session=${session.cookie}`;

const get = (path: string, cookie = cookieOf(user), headers = {}) =>
  call(`${gateway.url}${path}`, { headers: { cookie, ...headers } });

const post = (path: string, headers = {}) =>
  call(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { cookie: cookieOf(user), origin: ISSUER, ...headers },
  });

/** What the service got, as `sayId` says it. */
const seen = (body: Record<string, unknown>) => (body.headers ?? {}) as Record<string, string>;

describe('a live cookie', () => {
  it('becomes an access token, and does not reach the service; other cookies do', async () => {
    const { status, body } = await get('/cart', `a=1; ${cookieOf(user)}; b=2`);
    expect(status).toBe(200);
    expect(seen(body).authorization).toBe(`Bearer token.${user.sessionId}.v1.acr1.n1`);
    expect(seen(body).cookie).toBe('a=1; b=2');
    expect(seen((await get('/cart')).body)).not.toHaveProperty('cookie');
    expect(JSON.stringify(order.requests.map((request) => request.rawHeaders))).not.toContain(user.cookie);
  });

  it('comes with a body, HEAD and a query as ever', async () => {
    const big = await call(`${gateway.url}/cart/items/1?x=1`, {
      method: 'PUT',
      headers: { cookie: cookieOf(user), origin: ISSUER },
      body: 'x'.repeat(200_000),
    });
    expect(big.body).toMatchObject({ method: 'PUT', url: '/cart/items/1?x=1', bytes: 200_000 });
    expect(
      (await call(`${gateway.url}/cart`, { method: 'HEAD', headers: { cookie: cookieOf(user) } })).status,
    ).toBe(200);
    expect(world.exchanges).toHaveLength(1);
  });

  it('is swapped once for many requests at a time, and read once for each', async () => {
    const before = world.reads;
    const answers = await Promise.all(Array.from({ length: 40 }, () => get('/cart')));
    expect(new Set(answers.map(({ body }) => seen(body).authorization)).size).toBe(1);
    expect(world.exchanges).toHaveLength(1);
    // The exchange at auth reads, too.
    expect(world.reads - before).toBe(41);
  });

  it('is swapped under the id of the request that asked for it', async () => {
    await get('/cart', cookieOf(user), { 'x-request-id': 'mine-7' });
    expect(world.exchanges).toEqual(['mine-7']);
  });

  it('counts as activity of its session', async () => {
    await get('/cart');
    await get('/products');
    expect(gateway.touched).toEqual([user.sessionId, user.sessionId]);
  });

  it('is known to a route that is open to anyone, too', async () => {
    expect(seen((await get('/products')).body).authorization).toMatch(/^Bearer token\./);
  });

  it('is cut and nothing else where there is no route', async () => {
    const { body } = await get('/cart/nothing/here');
    expect(seen(body)).not.toHaveProperty('authorization');
    expect(seen(body)).not.toHaveProperty('cookie');
    expect(world.exchanges).toEqual([]);
  });

  it('cannot be smuggled past by naming headers in Connection', async () => {
    const { body } = await get('/cart', cookieOf(user), { connection: 'authorization, cookie' });
    expect(seen(body).authorization).toMatch(/^Bearer token\./);
    expect(seen(body)).not.toHaveProperty('cookie');
  });

  it('travels in a jar of nearly 16 KiB', async () => {
    const jar = Array.from({ length: 300 }, (_, n) => `analytics_${n}=${'v'.repeat(30)}`);
    const { status, body } = await get(
      '/cart',
      [...jar.slice(0, 150), cookieOf(user), ...jar.slice(150)].join('; '),
    );
    expect(status).toBe(200);
    expect(seen(body).cookie).toBe(jar.join('; '));
  });
});

describe('the token that is kept', () => {
  it('is used until 30 s before it expires', async () => {
    await get('/cart');
    world.now += world.tokenMs - 30_001;
    await get('/cart');
    expect(world.exchanges).toHaveLength(1);
    world.now += 1;
    await get('/cart');
    expect(world.exchanges).toHaveLength(2);
  });

  it('is used for half its life where that is short', async () => {
    world.tokenMs = 4_000;
    await get('/cart');
    world.now += 1_999;
    await get('/cart');
    expect(world.exchanges).toHaveLength(1);
    world.now += 1;
    await get('/cart');
    expect(world.exchanges).toHaveLength(2);
  });

  it('is dropped as soon as the session changes', async () => {
    await get('/cart');
    await world.manager.changeRoles(user.userId, { roles: ['user', 'support'], authzVersion: 1 });
    expect(seen((await get('/cart')).body).authorization).toContain('.v2.');
    await get('/cart');
    expect(world.exchanges).toHaveLength(2);
  });

  it('is not overwritten by an answer that comes late', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const old = await world.manager.resolveCookie(user.cookie);
    if (old.state !== 'live') throw new Error('not live');
    world.beforeAnswer = async () => {
      world.beforeAnswer = async () => undefined;
      await held;
      return world.answerFor(old);
    };
    const late = get('/cart');
    while (world.exchanges.length === 0) await sleep(1);
    await world.manager.changeRoles(user.userId, { roles: ['user', 'admin'], authzVersion: 1 });
    expect(seen((await get('/cart')).body).authorization).toContain('.v2.');
    release();
    expect(seen((await late).body).authorization).toContain('.v1.');
    expect(seen((await get('/cart')).body).authorization).toContain('.v2.');
    expect(world.exchanges).toHaveLength(2);
  });

  it('is dropped where a service does not take it, and only then', async () => {
    order.respond = (_request, response) => void response.writeHead(401).end();
    expect((await get('/cart')).status).toBe(401);
    order.respond = (_request, response) => void response.writeHead(403).end();
    await get('/cart');
    await get('/cart');
    expect(world.exchanges).toHaveLength(2);
  });

  it('is for its own cookie: the one that a step-up left behind is not raised', async () => {
    await get('/cart');
    const raised = await world.manager.stepUp(user.sessionId, { acr: 2 });
    if (raised.transport !== 'cookie') throw new Error('not a cookie');
    const before = await get('/cart');
    const after = await get('/cart', `__Host-session=${raised.cookie}`);
    expect(seen(before.body).authorization).toContain('.acr1.');
    expect(seen(after.body).authorization).toContain('.acr2.');
  });
});

describe('a session that ended', () => {
  it('G15: is refused at once, with the reason, and its cookie is cleared', async () => {
    await get('/cart');
    await world.manager.revoke(user.sessionId, 'password-changed');
    const { status, headers, body } = await get('/cart');
    expect(status).toBe(401);
    expect(body).toMatchObject({
      code: 'ERR_SESSION_ENDED',
      endedBecause: 'password-changed',
      endedAt: new Date(world.now).toISOString(),
    });
    expect(headers['www-authenticate']).toMatch(/^Bearer realm="holdfast", error="invalid_token"/);
    expect(headers['set-cookie']).toEqual([clearedSessionCookie()]);
    expect(order.requests).toHaveLength(1);
    expect(world.logged.join('')).toContain('"endedBecause":"password-changed"');
  });

  it('is no obstacle where anyone may come; its cookie is cleared', async () => {
    await world.manager.revoke(user.sessionId, 'logout');
    const { status, headers, body } = await get('/products');
    expect(status).toBe(200);
    expect(seen(body)).not.toHaveProperty('authorization');
    expect(headers['set-cookie']).toEqual([clearedSessionCookie()]);
  });

  it('is cleared in an answer that no cache keeps: it would clear the cookies of others', async () => {
    auth.respond = (_request, response) =>
      void response.setHeader('Cache-Control', 'public, max-age=300').end();
    const keys = '/.well-known/jwks.json';
    expect((await get(keys)).headers['cache-control']).toBe('public, max-age=300');
    await world.manager.revoke(user.sessionId, 'logout');
    expect((await get(keys)).headers).toMatchObject({
      'cache-control': 'no-store',
      'set-cookie': [clearedSessionCookie()],
    });
  });

  it('does not clear the cookie that a sign-in sets in the same answer', async () => {
    await world.manager.revoke(user.sessionId, 'logout');
    auth.respond = (_request, response) =>
      void response.setHeader('set-cookie', ['theme=dark', '__Host-session=fresh; Secure']).end();
    expect((await post('/auth/login')).headers['set-cookie']).toEqual([
      'theme=dark',
      '__Host-session=fresh; Secure',
    ]);
  });

  it('keeps the cookie where it was replaced: its successor lies in its place', async () => {
    await world.manager.replace(user.sessionId);
    const refused = await get('/cart');
    expect(refused).toMatchObject({ status: 401, body: { endedBecause: 'replaced' } });
    expect(refused.headers).not.toHaveProperty('set-cookie');
    expect((await get('/products')).headers).not.toHaveProperty('set-cookie');
  });
});

describe('a cookie that opens nothing', () => {
  it.each(['', 'x', '"x"', 'A'.repeat(108), 'a=b', 'B'.repeat(10_000)])(
    'G16: %j is refused without asking anybody, and cleared',
    async (value) => {
      const before = world.reads;
      const { status, headers, body } = await get('/cart', `__Host-session=${value}`);
      expect([status, body.code]).toEqual([401, 'ERR_UNAUTHENTICATED']);
      expect(headers['www-authenticate']).toBe('Bearer realm="holdfast"');
      expect(headers['set-cookie']).toEqual([clearedSessionCookie()]);
      expect((await get('/products', `__Host-session=${value}`)).status).toBe(200);
      expect(world.reads).toBe(before);
      expect(world.exchanges).toEqual([]);
    },
  );

  it('is not cleared while its session lives: the browser has the newer one', async () => {
    await world.manager.stepUp(user.sessionId, { acr: 2 });
    world.now += 31_000;
    const refused = await get('/cart');
    expect(refused).toMatchObject({ status: 401, body: { code: 'ERR_UNAUTHENTICATED' } });
    expect(refused.headers).not.toHaveProperty('set-cookie');
    expect((await get('/products')).headers).not.toHaveProperty('set-cookie');
  });

  it('of another spelling is cut and no credential, also beside a bearer token', async () => {
    const { status, body } = await get('/cart', `a=1; __host-SESSION=${user.cookie}`, {
      authorization: 'Bearer t',
    });
    expect(status).toBe(200);
    expect(seen(body)).toMatchObject({ cookie: 'a=1', authorization: 'Bearer t' });
    expect(seen(body).cookie).not.toContain(user.cookie);
  });
});

describe('two credentials', () => {
  it.each(['/cart', '/products', '/auth/login', '/oauth/introspect', '/cart/nothing'])(
    'are refused on %s, whatever they are',
    async (path) => {
      const twice = `${cookieOf(user)}; ${cookieOf(user)}`;
      const asked = [
        get(path, cookieOf(user), { authorization: 'Bearer x' }),
        get(path, '__Host-session=', { authorization: 'Basic eDp5' }),
        get(path, cookieOf(user), { authorization: '' }),
        get(path, twice),
      ];
      for (const answer of await Promise.all(asked)) {
        expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_AMBIGUOUS_CREDENTIALS' } });
      }
      for (const second of ['a=1', cookieOf(user), '__Host-session=']) {
        const lines = [`Cookie: ${cookieOf(user)}`, `cookie: ${second}`, 'Connection: close'];
        const answer = await sendRaw(gateway.port, head(`GET ${path} HTTP/1.1`, 'Host: a', ...lines));
        expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*"code":"ERR_AMBIGUOUS_CREDENTIALS"/);
      }
      expect(order.requests).toEqual([]);
      expect(auth.requests).toEqual([]);
    },
  );
});
