import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signIn, startOrderFleet, type OrderFleet } from '../testing/order-fleet.js';
import type { Shopper } from '../testing/shopper.js';

let fleet: OrderFleet;
let ada: Shopper;

beforeAll(async () => {
  fleet = await startOrderFleet(2, process.env);
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  ada = await signIn(fleet);
});

/** Orders one thing. */
async function orderOne(shopper: Shopper, at = 0): Promise<Record<string, unknown>> {
  await shopper.put('milk-jug', 1, at);
  const { status, body } = await shopper.order(randomUUID(), { at });
  expect(status).toBe(201);
  return body;
}

const idsOf = (page: Record<string, unknown>) => (page['orders'] as { id: string }[]).map(({ id }) => id);

describe('placing an order', () => {
  it('takes what is in the cart at the prices of the moment, and empties the cart', async () => {
    await ada.put('espresso-cup', 2);
    await ada.put('house-blend', 3);
    const { status, body } = await ada.order('first');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      items: [
        { productId: 'espresso-cup', name: 'Espresso cup', quantity: 2, priceMinor: 1450 },
        { productId: 'house-blend', name: 'House blend, 250 g', quantity: 3, priceMinor: 920 },
      ],
      totalMinor: 5660,
      currency: 'EUR',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await ada.cart()).toEqual({});
  });

  it('takes the cart only at the version that is named', async () => {
    await ada.put('milk-jug', 1);
    const stale = await ada.order('k', { body: { cartVersion: 0 } });
    expect(stale).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    // The refused attempt has not used up the key.
    expect((await ada.order('k', { body: { cartVersion: 1 } })).status).toBe(201);
  });

  it('refuses an empty cart, and the key is still good afterwards', async () => {
    expect(await ada.order('k')).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    await ada.put('milk-jug', 1);
    expect((await ada.order('k')).status).toBe(201);
  });

  it('takes no body, an empty one and an empty object for the same request', async () => {
    await ada.put('milk-jug', 1);
    const [none, object] = [await ada.order('k'), await ada.order('k', { body: {}, at: 1 })];
    const empty = await ada.call('POST', '/orders', {
      headers: { 'idempotency-key': 'k', 'content-length': '0' },
    });
    const typed = await ada.call('POST', '/orders', {
      headers: { 'idempotency-key': 'k', 'content-type': 'application/json' },
    });
    for (const { status, text } of [none, object, empty, typed])
      expect({ status, text }).toEqual({ status: 201, text: none.text });
  });

  it('keeps prices and names of an order when the catalogue changes', async () => {
    await fleet.database.query("insert into products values ('tamper', 'Tamper', 2000, 'EUR')");
    await ada.put('tamper', 1);
    const { body } = await ada.order('k');
    await fleet.database.query("update products set price_minor = 1, name = 'x' where id = 'tamper'");
    expect((await ada.order('k')).body).toEqual(body);
    expect((await ada.call('GET', `/orders/${String(body['id'])}`)).body).toEqual(body);
    await fleet.database.query("delete from products where id = 'tamper'");
    expect((await ada.order('k', { at: 1 })).body).toEqual(body);
  });
});

describe('bad input to an order', () => {
  it.each([
    ['no key', {}],
    ['an empty key', { 'idempotency-key': '' }],
    ['a key of 65 characters', { 'idempotency-key': 'x'.repeat(65) }],
    ['a key with a space', { 'idempotency-key': 'a b' }],
    ['a key beyond ASCII', { 'idempotency-key': 'clé' }],
  ])('refuses %s', async (_what, headers) => {
    await ada.put('milk-jug', 1);
    const answer = await ada.call('POST', '/orders', { headers });
    expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    expect(answer.body['errors']).toEqual([{ path: 'idempotency-key', message: expect.any(String) }]);
    expect(await ada.cart()).toEqual({ 'milk-jug': 1 });
  });

  it('takes a key of 64 characters', async () => {
    await ada.put('milk-jug', 1);
    expect((await ada.order('x'.repeat(64))).status).toBe(201);
  });

  it.each([
    { cartVersion: '1' },
    { cartVersion: -1 },
    { cartVersion: 1.5 },
    { coupon: 'x' },
    [],
    'null',
    '{',
  ])('refuses the body %p', async (body) => {
    await ada.put('milk-jug', 1);
    expect(await ada.order('k', { body })).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
  });

  it('refuses another media type, and who is not signed in', async () => {
    const headers = { 'idempotency-key': 'k', 'content-type': 'text/xml' };
    expect(await ada.call('POST', '/orders', { headers, body: '<order/>' })).toMatchObject({
      status: 415,
      body: { code: 'ERR_MEDIA_TYPE' },
    });
    expect((await fleet.call('POST', '/orders', { headers: { 'idempotency-key': 'k' } })).status).toBe(401);
    expect((await fleet.call('GET', '/orders')).status).toBe(401);
  });
});

describe('reading orders', () => {
  it("finds one's own, and another user's not", async () => {
    const order = await orderOne(ada);
    const path = `/orders/${String(order['id'])}`;
    expect(await ada.call('GET', path, { at: 1 })).toMatchObject({ status: 200, body: order });
    expect((await ada.call('HEAD', path)).status).toBe(200);
    const eve = await signIn(fleet);
    expect(await eve.call('GET', path)).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect((await eve.call('GET', '/orders')).body).toEqual({ orders: [], nextCursor: null });
    expect(await ada.call('GET', `/orders/${randomUUID()}`)).toMatchObject({ status: 404 });
    expect(await ada.call('GET', '/orders/1')).toMatchObject({
      status: 400,
      body: { code: 'ERR_VALIDATION' },
    });
  });

  it('lists them newest first, page by page, while new ones come in', async () => {
    const placed: string[] = [];
    for (let n = 0; n < 7; n += 1) placed.unshift(String((await orderOne(ada, n))['id']));
    const first = (await ada.call('GET', '/orders?limit=3')).body;
    expect(idsOf(first)).toEqual(placed.slice(0, 3));
    await orderOne(ada);
    const second = (await ada.call('GET', `/orders?limit=3&cursor=${String(first['nextCursor'])}`, { at: 1 }))
      .body;
    expect(idsOf(second)).toEqual(placed.slice(3, 6));
    const last = (await ada.call('GET', `/orders?limit=3&cursor=${String(second['nextCursor'])}`)).body;
    expect(idsOf(last)).toEqual(placed.slice(6));
    expect(last['nextCursor']).toBeNull();
  });

  it('turns pages over orders of one and the same moment', async () => {
    for (let n = 0; n < 5; n += 1) await orderOne(ada);
    await fleet.database.query('update orders set created_at = now() where user_id = $1', [ada.userId]);
    const seen = new Set<string>();
    let cursor: unknown = '';
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${String(cursor)}`;
      const { body } = await ada.call('GET', `/orders?limit=2${query}`);
      for (const id of idsOf(body)) seen.add(id);
      cursor = body['nextCursor'];
    }
    expect(seen.size).toBe(5);
  });

  it('has 20 on a page unless told, and no next page when they just fit', async () => {
    await fleet.database.query(
      `insert into orders (id, user_id, session_id, cart_version, items, total_minor, currency, settled_at)
       select gen_random_uuid(), $1, 'x', 1, '[]', 0, 'EUR', now() from generate_series(1, 100)`,
      [ada.userId],
    );
    expect(idsOf((await ada.call('GET', '/orders')).body)).toHaveLength(20);
    const all = (await ada.call('GET', '/orders?limit=100')).body;
    expect(idsOf(all)).toHaveLength(100);
    expect(all['nextCursor']).toBeNull();
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=x',
    'limit=',
    'limit=1&limit=2',
    'cursor=',
    'cursor=x',
    'cursor=%00',
    'page=2',
  ])('refuses ?%s', async (query) => {
    expect(await ada.call('GET', `/orders?${query}`)).toMatchObject({
      status: 400,
      body: { code: 'ERR_VALIDATION', errors: expect.any(Array) },
    });
  });

  it("refuses a cursor that is made up, or another user's", async () => {
    const eve = await signIn(fleet);
    for (const shopper of [eve, eve, eve]) await orderOne(shopper);
    const { body } = await eve.call('GET', '/orders?limit=1');
    for (const cursor of [body['nextCursor'], 'A'.repeat(22), `${'A'.repeat(21)}_`]) {
      expect(await ada.call('GET', `/orders?cursor=${String(cursor)}`)).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'cursor' }] },
      });
    }
  });
});
