import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createRedis, type Redis } from '@holdfast/session-redis';
import { call } from '../spec/call.js';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { SessionWorld } from '../spec/session-world.js';
import { sayId, Upstream } from '../spec/upstream.js';
import { ClientRate } from './client-rate.js';

const url = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
const redis = createRedis({ url }, 'general');
const nowhere = createRedis({ url: 'redis://127.0.0.1:1' }, 'general').on('error', () => undefined);
const world = new SessionWorld();

let gateway: GatewayUnderTest | undefined;
// Until it is connected a worker counts by itself.
beforeAll(() => redis.ping());
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(() => {
  redis.disconnect();
  nowhere.disconnect();
});

/** Another secret each time, so that nobody has been counted. */
function rate(
  perMinute: number,
  over: Redis = redis,
  secret = randomBytes(32).toString('base64url'),
  patienceMs = 5_000,
): ClientRate {
  const verify = async (token: string) =>
    token.startsWith('genuine.') ? ({ kind: 'session', sessionId: token.slice(8) } as never) : undefined;
  return new ClientRate({ redis: over, verifier: { verify }, secret, perMinute, patienceMs });
}

async function start(clientRate: ClientRate): Promise<void> {
  gateway = await GatewayUnderTest.start({ world, clientRate, trustLoopback: true });
  gateway.use(await Upstream.start('order-1'), await Upstream.start('auth-1', world.auth(sayId('auth-1'))));
}

const ask = (headers: Record<string, string> = {}) => call(`${gateway?.url}/cart`, { headers });
const from = (address: string) => ({ 'x-forwarded-for': address });

describe('a ceiling for each client', () => {
  it('says on every answer what is left, and then 429 with the time to wait', async () => {
    await start(rate(2));
    const one = await ask(from('192.0.2.1'));
    expect([one.status, one.headers['ratelimit-policy']]).toEqual([200, '"client";q=2;w=60']);
    expect(one.headers.ratelimit).toMatch(/^"client";r=1;t=\d+$/);
    expect((await ask(from('192.0.2.1'))).headers.ratelimit).toMatch(/;r=0;/);
    const refused = await ask(from('192.0.2.1'));
    expect(refused).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
    expect(refused.headers.ratelimit).toMatch(/;r=0;/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(from('192.0.2.2'))).status).toBe(200);
  });

  it('goes with the session where there is one, by cookie or token, wherever it comes from', async () => {
    await start(rate(1));
    const [one, other] = [await world.signIn(), await world.signIn()];
    const cookie = ({ cookie: value }: { cookie: string }) => ({ cookie: `__Host-session=${value}` });
    expect((await ask({ ...cookie(one), ...from('192.0.2.3') })).status).toBe(200);
    expect((await ask({ ...cookie(one), ...from('192.0.2.4') })).status).toBe(429);
    expect((await ask({ ...cookie(other), ...from('192.0.2.3') })).status).toBe(200);
    const bearer = { authorization: `Bearer genuine.${one.sessionId}` };
    expect((await ask(bearer)).status).toBe(429);
  });

  it('counts who makes tokens up by address', async () => {
    await start(rate(1));
    const forged = () => ({ authorization: `Bearer ${randomUUID()}`, ...from('192.0.2.5') });
    expect([(await ask(forged())).status, (await ask(forged())).status]).toEqual([200, 429]);
  });

  it('is one for all workers', async () => {
    const secret = randomBytes(32).toString('base64url');
    const [one, other] = [rate(1, redis, secret), rate(1, redis, secret)];
    expect((await one.take({ address: '192.0.2.6' })).refusal).toBeUndefined();
    expect((await other.take({ address: '192.0.2.6' })).refusal?.code).toBe('ERR_RATE_LIMITED');
  });

  it('is each worker’s own while Redis is away, and nobody is refused for that', async () => {
    const alone = rate(2, nowhere);
    const refusals = [];
    for (let time = 0; time < 3; time++) {
      refusals.push((await alone.take({ address: '192.0.2.7' })).refusal?.code);
    }
    expect(refusals).toEqual([undefined, undefined, 'ERR_RATE_LIMITED']);
  });

  it('lets in whom a Redis that hangs does not answer', async () => {
    const busy = createRedis({ url }, 'general');
    await busy.ping();
    // What comes over this connection waits behind it.
    busy.blpop(randomUUID(), 2).catch(() => undefined);
    const verdict = await rate(1, busy, undefined, 10).take({ address: '192.0.2.8' });
    busy.disconnect();
    expect(verdict).toEqual({ headers: [] });
  });
});
