import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call } from '../spec/call.js';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { SessionWorld } from '../spec/session-world.js';
import { Upstream } from '../spec/upstream.js';

const PARTNER = 'https://partner.test';
const STRANGER = 'https://evil.test';

let world: SessionWorld;
let closed: GatewayUnderTest;
let open: GatewayUnderTest;
let order: Upstream;

beforeAll(async () => {
  world = new SessionWorld();
  closed = await GatewayUnderTest.start({ world });
  open = await GatewayUnderTest.start({ world, crossOrigins: [PARTNER] });
  order = await Upstream.start('order-1');
  closed.use(order);
  open.upstreams.update([order.member()]);
});
afterAll(async () => {
  await closed.stop();
  await open.stop();
});

const preflight = (gateway: GatewayUnderTest, origin: string, headers = {}) =>
  call(`${gateway.url}/cart`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'PUT', ...headers },
  });

const corsHeaders = (headers: object) =>
  Object.keys(headers).filter((name) => name.startsWith('access-control-'));

describe('CORS', () => {
  it('is off by default: no answer says anything of it', async () => {
    const answers = [
      await preflight(closed, PARTNER),
      await call(`${closed.url}/products`, { headers: { origin: PARTNER } }),
      await call(`${closed.url}/nothing`, { headers: { origin: PARTNER } }),
    ];
    for (const { headers } of answers) expect(corsHeaders(headers)).toEqual([]);
    expect(order.requests.map(({ method }) => method)).toEqual(['OPTIONS', 'GET']);
  });

  it('answers the preflight of an origin that is listed, and nobody behind it hears of it', async () => {
    const before = order.requests.length;
    const { status, headers } = await preflight(open, PARTNER, {
      'access-control-request-headers': 'authorization',
    });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': PARTNER,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-max-age': '600',
      vary: 'origin, access-control-request-method, access-control-request-headers',
      'x-gateway': 'gateway-t',
    });
    expect(headers['access-control-allow-headers']).toContain('authorization');
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(order.requests).toHaveLength(before);
  });

  it.each([STRANGER, 'null', '*', `${PARTNER}.evil.test`, PARTNER.toUpperCase(), `${PARTNER}, ${STRANGER}`])(
    'says nothing to %s',
    async (origin) => {
      const answers = [
        await preflight(open, origin),
        await call(`${open.url}/products`, { headers: { origin } }),
        await call(`${open.url}/nothing`, { headers: { origin } }),
      ];
      for (const { headers } of answers) {
        expect(corsHeaders(headers)).toEqual([]);
        expect(headers.vary).toBe('origin');
      }
    },
  );

  it('lets a listed origin read answers and problems, never with credentials', async () => {
    order.respond = (_request, response) => {
      response.setHeader('vary', 'accept').setHeader('access-control-allow-credentials', 'true');
      response.setHeader('access-control-allow-origin', '*').end('{}');
    };
    const origin = PARTNER;
    const answers = [
      await call(`${open.url}/products`, { headers: { origin, authorization: 'Bearer x' } }),
      await call(`${open.url}/nothing`, { headers: { origin } }),
      await call(`${open.url}/auth/session`, { headers: { origin } }),
      await call(`${open.url}/%zz`, { headers: { origin } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 503, 400]);
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(PARTNER);
      expect(headers['access-control-expose-headers']).toMatch(/x-request-id.*retry-after/);
      expect(headers.vary).toMatch(/(^|, )origin$/);
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
    expect(answers[0]?.headers.vary).toBe('accept, origin');
  });

  it('does not make a cookie good that comes from a listed origin', async () => {
    const { cookie } = await world.signIn();
    const headers = { origin: PARTNER, cookie: `__Host-session=${cookie}` };
    const answer = await call(`${open.url}/cart`, { method: 'POST', headers });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_CSRF' } });
  });
});
