import { clearedSessionCookie } from '@holdfast/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../spec/call.js';
import { GatewayUnderTest, ISSUER } from '../spec/gateway-under-test.js';
import { SessionWorld } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';

const PARTNER = 'https://partner.test';
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];
const SITES = [undefined, 'same-origin', 'same-site', 'cross-site', 'none', 'Same-Origin', ''];

let world: SessionWorld;
let gateway: GatewayUnderTest;
let cookie: string;

beforeAll(async () => {
  world = new SessionWorld();
  gateway = await GatewayUnderTest.start({ world, crossOrigins: [PARTNER] });
  gateway.use(await Upstream.start('auth-1', world.auth(sayId('auth-1'))), await Upstream.start('order-1'));
  cookie = `__Host-session=${(await world.signIn()).cookie}`;
});
afterAll(() => gateway.stop());

const origins = (): Record<string, string | undefined> => ({
  'no origin': undefined,
  'our public origin': ISSUER,
  'the origin that was asked': gateway.url,
  'a partner': PARTNER,
  'another site': 'https://evil.test',
  'a sister domain': 'https://app.gateway.test',
  'our name at another port': `${ISSUER}:8443`,
  'our name without TLS': ISSUER.replace('https', 'http'),
  'our name in capitals': ISSUER.toUpperCase(),
  'our name with a path': `${ISSUER}/`,
  'our name as a user': `${ISSUER}@evil.test`,
  'our name as a prefix': `${ISSUER}.evil.test`,
  'two origins': `${ISSUER}, https://evil.test`,
  null: 'null',
  nothing: '',
});
const OURS = ['our public origin', 'the origin that was asked'];

async function ask(path: string, method: string, headers: Record<string, string | undefined>) {
  const present = Object.entries(headers).filter(([, value]) => value !== undefined);
  const { status, body } = await call(`${gateway.url}${path}`, {
    method,
    headers: Object.fromEntries(present),
  });
  return status === 200 || status === 204 ? 'in' : `${status} ${String(body.code)}`;
}

describe.each(METHODS)('%s', (method) => {
  const isSafe = ['GET', 'HEAD', 'OPTIONS'].includes(method);
  const refused = '403 ERR_CSRF';

  it.each(SITES)('with the cookie and Sec-Fetch-Site %j: only from our own origin', async (site) => {
    for (const [name, origin] of Object.entries(origins())) {
      const isOurs =
        origin === undefined
          ? site === 'same-origin'
          : OURS.includes(name) && (site ?? 'same-origin') === 'same-origin';
      const verdict = await ask('/cart', method, { cookie, origin, 'sec-fetch-site': site });
      expect([name, verdict]).toEqual([name, isSafe || isOurs ? 'in' : refused]);
    }
  });

  it.each(SITES)('without the cookie and Sec-Fetch-Site %j: from anywhere', async (site) => {
    for (const origin of Object.values(origins())) {
      expect(await ask('/cart', method, { origin, 'sec-fetch-site': site, cookie: 'a=1' })).toBe('in');
    }
  });
});

describe.each(['/auth/login', '/auth/guest', '/auth/register', '/auth/%6Cogin?x', '//auth/./guest'])(
  'POST %s',
  (path) => {
    it.each(SITES)('without a cookie and with Sec-Fetch-Site %j: not from a foreign origin', async (site) => {
      for (const [name, origin] of Object.entries(origins())) {
        const saysOurs =
          (site ?? 'same-origin') === 'same-origin' && (origin === undefined || OURS.includes(name));
        const verdict = await ask(path, 'POST', { origin, 'sec-fetch-site': site });
        expect([name, verdict]).toEqual([name, saysOurs || name === 'a partner' ? 'in' : '403 ERR_CSRF']);
      }
    });

    it('with the cookie: not from a partner either', async () => {
      expect(await ask(path, 'POST', { cookie, origin: PARTNER })).toBe('403 ERR_CSRF');
      expect(await ask(path, 'POST', { cookie })).toBe('403 ERR_CSRF');
      expect(await ask(path, 'POST', { cookie, origin: ISSUER })).toBe('in');
    });
  },
);

describe('a cookie that opens nothing', () => {
  const evil = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
  let dead: string;
  beforeAll(async () => {
    const { sessionId, cookie: value } = await world.signIn();
    await world.manager.revoke(sessionId, 'logout');
    dead = `__Host-session=${value}`;
  });

  it.each(['ended', 'forged'])('is no obstacle where anyone may come: %s', async (kind) => {
    const spent = kind === 'ended' ? dead : '__Host-session=x';
    for (const path of ['/auth/login', '/auth/guest', '/oauth/token', '/auth/password-reset']) {
      const { status, headers } = await call(`${gateway.url}${path}`, {
        method: 'POST',
        headers: { cookie: spent },
      });
      expect([path, status, headers['set-cookie']]).toEqual([path, 200, [clearedSessionCookie()]]);
    }
    expect(await ask('/cart', 'POST', { cookie: spent })).toBe('403 ERR_CSRF');
  });

  it('lets no other site begin a session', async () => {
    expect(await ask('/auth/login', 'POST', { cookie: dead, ...evil })).toBe('403 ERR_CSRF');
    expect(await ask('/auth/guest', 'POST', { cookie: dead, 'sec-fetch-site': 'same-site' })).toBe(
      '403 ERR_CSRF',
    );
  });

  it('is taken for one that opens a session while nobody can say', async () => {
    world.storeIsAway = true;
    expect(await ask('/oauth/token', 'POST', { cookie: dead })).toBe('403 ERR_CSRF');
    world.storeIsAway = false;
    expect(await ask('/oauth/token', 'POST', { cookie: dead })).toBe('in');
    expect(await ask('/oauth/token', 'POST', { cookie })).toBe('403 ERR_CSRF');
  });
});

describe('where a request was sent to', () => {
  it('is what the connection and the Host header say, the default port left out', async () => {
    const asked = (host: string, origin: string) => ask('/cart', 'POST', { cookie, host, origin });
    expect(await asked('Shop.Test:80', 'http://shop.test')).toBe('in');
    expect(await asked('shop.test:8080', 'http://shop.test:8080')).toBe('in');
    expect(await asked('[::1]:8080', 'http://[::1]:8080')).toBe('in');
    expect(await asked('shop.test', 'https://shop.test')).toBe('403 ERR_CSRF');
    expect(await asked('shop.test:8080', 'http://shop.test')).toBe('403 ERR_CSRF');
  });

  it('is not what a stranger forwards, but what a trusted proxy does', async () => {
    const forwarded = {
      cookie,
      origin: 'https://shop.test',
      'x-forwarded-host': 'shop.test',
      'x-forwarded-proto': 'https',
    };
    expect(await ask('/cart', 'POST', forwarded)).toBe('403 ERR_CSRF');
    const trusting = await GatewayUnderTest.start({ world, trustLoopback: true });
    trusting.upstreams.update(gateway.members());
    const { status } = await call(`${trusting.url}/cart`, { method: 'POST', headers: forwarded });
    expect(status).toBe(200);
    await trusting.stop();
  });

  it('is not changed by a method in a header', async () => {
    const { body } = await call(`${gateway.url}/cart`, {
      headers: {
        cookie,
        'x-http-method-override': 'DELETE',
        'x-http-method': 'DELETE',
        'x-method-override': 'DELETE',
      },
    });
    expect(JSON.stringify(body.headers)).not.toContain('DELETE');
  });
});
