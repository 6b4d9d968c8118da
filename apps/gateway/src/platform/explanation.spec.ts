import { describe, expect, it } from '@jest/globals';
import { call } from '../spec/call.js';
import { GatewayUnderTest } from '../spec/gateway-under-test.js';
import { Upstream } from '../spec/upstream.js';
import { explanationOf } from './explanation.js';

const ASKS = { 'x-gateway-explain': '1' };
const explained = (text: unknown) => JSON.parse(String(text)) as { candidates: object[]; tries: object[] };

describe('how an answer came about', () => {
  it('is told to administrators who ask: candidates, and each try with its outcome', async () => {
    const gateway = await GatewayUnderTest.start();
    const dead = await Upstream.start('order-1');
    const alive = await Upstream.start('order-2', (_request, response) =>
      response.setHeader('x-gateway-explain', 'forged').end('ok'),
    );
    gateway.use(dead, alive);
    await dead.kill();
    const get = (headers: object) => call(`${gateway.url}/products`, { headers: { ...headers } });
    for (const headers of [
      {},
      ASKS,
      { ...ASKS, authorization: 'Bearer somebody' },
      { authorization: 'Bearer admin' },
    ]) {
      expect((await get(headers)).headers['x-gateway-explain']).toBeUndefined();
    }
    const { headers } = await get({ ...ASKS, authorization: 'Bearer admin' });
    const { candidates, tries } = explained(headers['x-gateway-explain']);
    expect(candidates.map((each) => Reflect.get(each, 'id') as unknown)).toEqual(['order-1', 'order-2']);
    expect(tries.at(-1)).toMatchObject({ instance: 'order-2', outcome: 200 });
    await alive.kill();
    const failed = await get({ ...ASKS, authorization: 'Bearer admin' });
    expect(failed.status).toBe(503);
    const { tries: inVain } = explained(failed.headers['x-gateway-explain']);
    const outcomes = inVain.map((each) => Reflect.get(each, 'outcome') as unknown);
    expect(outcomes.length).toBeGreaterThan(0);
    // A kept connection breaks, a new one is refused.
    expect(['refused', 'reset']).toEqual(expect.arrayContaining(outcomes));
    await gateway.stop();
  });

  it('fits into a header, however many candidates there are', () => {
    const candidates = Array.from({ length: 500 }, (_each, n) => ({
      id: `order-${n}`,
      state: 'ready' as const,
      inFlight: n,
      latencyMs: n / 3,
      costMs: n,
      circuit: 'closed' as const,
    }));
    const text = explanationOf({ service: 'order', policy: 'p', candidates, tries: [], retriesLeft: 1 });
    expect(text.length).toBeLessThanOrEqual(4_096);
    const told = JSON.parse(text) as { candidates: object[]; notNamed: number };
    expect(told.candidates.length + told.notNamed).toBe(500);
    expect(told.candidates[1]).toMatchObject({ latencyMs: 0.3 });
  });
});
