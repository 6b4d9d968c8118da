import { orderRoutes, type RouteContract } from '@holdfast/contracts';
import { CALLERS, verdictIn, verdictOf, type Caller } from '@holdfast/service-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signIn, startOrderFleet, type OrderFleet } from './testing/order-fleet.js';

let fleet: OrderFleet;
beforeAll(async () => {
  fleet = await startOrderFleet(1, process.env);
});
afterAll(() => fleet.stop());

async function knock({ method, path }: RouteContract, caller: Caller) {
  const url = path.replaceAll(/:\w+/g, 'espresso-cup');
  if (caller === 'nobody') return fleet.call(method, url);
  if (caller === 'service')
    return fleet.call(method, url, { token: await fleet.issuer.serviceToken('user') });
  if (caller === 'scraper') return fleet.call(method, url, { token: await fleet.issuer.metricsToken() });
  return (await signIn(fleet, { roles: caller })).call(method, url);
}

describe.each([...CALLERS])('%s', (_who, caller) => {
  it.each(Object.values<RouteContract>(orderRoutes))(
    'is met by $method $path as the permissions say',
    async (contract) => {
      expect(verdictIn(await knock(contract, caller))).toBe(verdictOf(contract, caller));
    },
  );
});

describe('a guest', () => {
  it('fills a cart, and is told to sign in when it comes to ordering', async () => {
    const guest = await signIn(fleet, { roles: ['guest'] });
    expect((await guest.put('espresso-cup', 2)).status).toBe(200);
    expect(await guest.order('first')).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    expect(await guest.cart()).toEqual({ 'espresso-cup': 2 });
    const { rows } = await fleet.database.query('SELECT 1 FROM orders WHERE user_id = $1', [guest.userId]);
    expect(rows).toEqual([]);
  });
});
