import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { call } from '../spec/call.js';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { head, RawConnection } from '../spec/raw-http.js';
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

const get = (path: string) =>
  call(`${gateway.url}${path}`, { headers: { cookie: `__Host-session=${user.cookie}` } });

/** It is refused for now, never for good; routes that are open to anyone go on without. */
async function expectOutage(code: string): Promise<void> {
  const refused = await get('/cart');
  expect(refused).toMatchObject({ status: 503, body: { code } });
  expect(refused.headers['retry-after']).toBe('1');
  const open = await get('/products');
  expect(open.status).toBe(200);
  expect(open.body.headers).not.toHaveProperty('authorization');
  for (const { headers } of [refused, open]) expect(headers).not.toHaveProperty('set-cookie');
}

describe('a cookie', () => {
  it('waits for the store: 503, never 401', async () => {
    world.storeIsAway = true;
    await expectOutage('ERR_STORE_UNAVAILABLE');
    world.storeIsAway = false;
    expect((await get('/cart')).status).toBe(200);
  });

  it('waits for auth, but only to be swapped', async () => {
    const other = await world.signIn();
    expect((await get('/cart')).status).toBe(200);
    await auth.kill();
    expect((await get('/cart')).status).toBe(200);
    user = other;
    await expectOutage('ERR_UPSTREAM_UNAVAILABLE');
  });

  it('keeps nobody waiting who may come without', async () => {
    world.beforeAnswer = () => new Promise(() => undefined);
    const open = await get('/products');
    expect(open.status).toBe(200);
    expect(open.body.headers).not.toHaveProperty('authorization');
    expect(open.headers).not.toHaveProperty('set-cookie');
  });

  it.each(['login', 'guest'])(
    'is not left behind by %s: a guest keeps it, and what it stands for',
    async (route) => {
      const headers = { cookie: `__Host-session=${user.cookie}`, 'sec-fetch-site': 'same-origin' };
      const begin = () => call(`${gateway.url}/auth/${route}`, { method: 'POST', headers });
      const expectRefused = async (code: string) => {
        const answer = await begin();
        expect(answer).toMatchObject({ status: 503, body: { code } });
        expect(answer.headers['retry-after']).toBe('1');
        expect(answer.headers).not.toHaveProperty('set-cookie');
      };
      world.storeIsAway = true;
      await expectRefused('ERR_STORE_UNAVAILABLE');
      world.storeIsAway = false;
      world.beforeAnswer = async () => ({ status: 500 });
      await expectRefused('ERR_UPSTREAM_UNAVAILABLE');
      expect(auth.requests.filter(({ url }) => url === `/auth/${route}`)).toEqual([]);
      world.beforeAnswer = async () => undefined;
      expect((await begin()).body.headers).toHaveProperty('authorization');
    },
  );

  it.each([
    ['a fault', { status: 500 }, 'ERR_UPSTREAM_UNAVAILABLE'],
    ['its store away', { status: 503, code: 'ERR_STORE_UNAVAILABLE' }, 'ERR_STORE_UNAVAILABLE'],
    ['something else', { status: 200, token: 'x' }, 'ERR_UPSTREAM_UNAVAILABLE'],
    ['no welcome to us', { status: 403, code: 'ERR_FORBIDDEN' }, 'ERR_UPSTREAM_UNAVAILABLE'],
    ['no welcome to our token', { status: 401, code: 'ERR_UNAUTHENTICATED' }, 'ERR_UPSTREAM_UNAVAILABLE'],
    ['that it is none, though it is good', { status: 401, challenge: 'Bearer' }, 'ERR_UPSTREAM_UNAVAILABLE'],
  ])('is not blamed where auth answers %s', async (_name, told, code) => {
    world.beforeAnswer = async () => told;
    await expectOutage(code);
    world.beforeAnswer = async () => undefined;
    expect((await get('/cart')).status).toBe(200);
  });

  it('is not given the token of another session', async () => {
    const other = await world.manager.resolveCookie((await world.signIn()).cookie);
    world.beforeAnswer = async () => (other.state === 'live' ? world.answerFor(other) : undefined);
    await expectOutage('ERR_UPSTREAM_UNAVAILABLE');
  });

  it('is swapped with a fresh service token once auth refuses the old one', async () => {
    await get('/cart');
    // Another process asked for one: this auth takes the last only.
    world.serviceTokens.push('service-rotated');
    world.now += world.tokenMs;
    expect((await get('/cart')).status).toBe(200);
    expect(world.serviceTokens).toHaveLength(3);
  });

  it('is refused with the reason where its session ends while it is swapped', async () => {
    world.beforeAnswer = async () => {
      await world.manager.revoke(user.sessionId, 'revoked');
      return undefined;
    };
    expect(await get('/cart')).toMatchObject({ status: 401, body: { endedBecause: 'revoked' } });
  });

  it('holds nothing for a client that left while it was swapped', async () => {
    let answered = false;
    world.beforeAnswer = async () => {
      while (gateway.inFlight.count > 0) await sleep(1);
      answered = true;
      return undefined;
    };
    const connection = await RawConnection.open(gateway.port);
    connection.send(head('GET /cart HTTP/1.1', 'Host: a', `Cookie: __Host-session=${user.cookie}`));
    while (world.exchanges.length === 0) await sleep(1);
    connection.socket.destroy();
    while (!answered) await sleep(1);
    await get('/products');
    expect(order.requests.map(({ url }) => url)).toEqual(['/products']);
  });

  it('keeps the order of pipelined requests', async () => {
    world.beforeAnswer = () => sleep(30);
    const connection = await RawConnection.open(gateway.port);
    const slow = head('GET /cart HTTP/1.1', 'Host: a', `Cookie: __Host-session=${user.cookie}`);
    connection.send(slow + head('GET /products HTTP/1.1', 'Host: a', 'Connection: close'));
    await connection.untilClosed();
    const urls = [...connection.text.matchAll(/"url":"([^"]+)"/g)].map(([, url]) => url);
    expect(urls).toEqual(['/cart', '/products']);
  });

  it('and its token are in no line of the log', async () => {
    await get('/cart');
    world.storeIsAway = true;
    await get('/cart');
    world.storeIsAway = false;
    world.now += world.tokenMs;
    await auth.kill();
    await get('/cart');
    await world.manager.revoke(user.sessionId, 'logout');
    await get('/cart');
    const log = world.logged.join('');
    expect(log).toContain('a cookie cannot be swapped');
    expect(log).not.toContain(user.cookie);
    expect(log).not.toContain('token.');
    expect(log).not.toMatch(/service-\d/);
  });
});
