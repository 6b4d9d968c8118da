import { defineNamespace } from '@holdfast/session-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { sessionsOf, signIn, startOrderFleet, type OrderFleet } from '../testing/order-fleet.js';
import type { Shopper } from '../testing/shopper.js';
import { cartNamespace, preferencesNamespace } from './cart-namespace.js';
import { cartStateSchema, EMPTY_CART } from './cart-state.js';

const counter = defineNamespace({ name: 'user', owner: 'user', schema: z.object({ count: z.int() }) });

let fleet: OrderFleet;
let ada: Shopper;

beforeAll(async () => {
  fleet = await startOrderFleet(2, process.env);
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  ada = await signIn(fleet);
});

describe('the catalogue', () => {
  it('is open to anyone, and the same on every instance', async () => {
    const [first, second] = await Promise.all([0, 1].map((at) => fleet.call('GET', '/products', { at })));
    expect(first?.status).toBe(200);
    expect(first?.text).toBe(second?.text);
    const { products } = first?.body as { products: unknown[] };
    expect(products).toHaveLength(8);
    expect(products).toContainEqual({
      id: 'espresso-cup',
      name: 'Espresso cup',
      priceMinor: 1450,
      currency: 'EUR',
    });
  });

  it('ignores a bad credential', async () => {
    const headers = { authorization: 'Bearer nonsense' };
    expect((await fleet.call('GET', '/products', { headers })).status).toBe(200);
  });
});

describe('the cart', () => {
  it('is empty at first, and needs a session', async () => {
    const { status, body } = await ada.call('GET', '/cart');
    expect({ status, body }).toEqual({
      status: 200,
      body: { items: [], version: 0, locale: null, currency: null },
    });
    expect(await fleet.call('GET', '/cart')).toMatchObject({
      status: 401,
      body: { code: 'ERR_UNAUTHENTICATED' },
    });
  });

  it('holds what was put in, on every instance, and grows a version with each change', async () => {
    expect((await ada.put('moka-pot', 2)).body).toMatchObject({
      items: [{ productId: 'moka-pot', quantity: 2 }],
      version: 1,
    });
    expect((await ada.put('milk-jug', 99, 1)).body).toMatchObject({ version: 2 });
    expect((await ada.put('moka-pot', 0)).body).toMatchObject({
      items: [{ productId: 'milk-jug', quantity: 99 }],
      version: 3,
    });
  });

  it('adds and takes away within 0 to 99', async () => {
    const add = async (by: number) =>
      (await ada.call('POST', '/cart/items/milk-jug/add', { body: { by } })).body;
    expect(await add(0)).toMatchObject({ items: [], version: 0 });
    expect(await add(99)).toMatchObject({ items: [{ productId: 'milk-jug', quantity: 99 }] });
    expect(await add(1)).toMatchObject({ items: [{ productId: 'milk-jug', quantity: 99 }], version: 1 });
    expect(await add(-98)).toMatchObject({ items: [{ productId: 'milk-jug', quantity: 1 }] });
    expect(await add(-99)).toMatchObject({ items: [] });
  });

  it('shows the locale and currency that the user service keeps in the session', async () => {
    const user = sessionsOf(fleet, 'user').namespace(preferencesNamespace);
    await user.update(ada.sessionId, () => ({ theme: 'dark', locale: 'de-CH', currency: 'CHF' }));
    expect((await ada.call('GET', '/cart', { at: 1 })).body).toMatchObject({
      locale: 'de-CH',
      currency: 'CHF',
    });
  });

  it('goes on without preferences that this version of the service cannot read', async () => {
    const newer = preferencesNamespace.next({
      schema: z.object({ region: z.string() }),
      up: () => ({ region: '' }),
      down: () => ({}),
      compatibleWith: 2,
    });
    await ada.put('moka-pot', 2);
    await sessionsOf(fleet, 'user')
      .namespace(newer)
      .update(ada.sessionId, () => ({ region: 'CH' }));
    expect(await ada.call('GET', '/cart')).toMatchObject({ status: 200, body: { version: 1, locale: null } });
  });

  it('G17: keeps what a newer version of the service wrote into the cart', async () => {
    const newer = cartNamespace.next({
      schema: cartStateSchema.extend({ coupon: z.string() }),
      up: (cart, before) => ({ ...cart, coupon: before?.coupon ?? '' }),
      down: (cart) => cartStateSchema.parse(cart),
    });
    const carts = ada.sessions.namespace(newer);
    await ada.put('moka-pot', 2);
    await carts.update(ada.sessionId, (cart) => ({ ...(cart ?? EMPTY_CART), coupon: 'SPRING' }));
    expect((await ada.put('milk-jug', 1, 1)).body).toMatchObject({ version: 2 });
    const { value } = await carts.read(ada.sessionId);
    expect(value).toMatchObject({ coupon: 'SPRING', version: 2, items: [{ quantity: 2 }, { quantity: 1 }] });
  });

  it('ends with its session', async () => {
    await ada.put('milk-jug', 1);
    await ada.sessions.revoke(ada.sessionId, 'logout');
    for (const at of [0, 1]) {
      expect(await ada.call('GET', '/cart', { at })).toMatchObject({
        status: 401,
        body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' },
      });
      expect((await ada.put('milk-jug', 2, at)).status).toBe(401);
    }
  });

  it('G10: counts parallel adds on all instances', async () => {
    const adds = Array.from({ length: 90 }, (_, at) =>
      ada.call('POST', '/cart/items/house-blend/add', { body: { by: 1 }, at }),
    );
    const statuses = new Set((await Promise.all(adds)).map(({ status }) => status));
    expect(statuses).toEqual(new Set([200]));
    expect(await ada.cart()).toEqual({ 'house-blend': 90 });
  });

  it('G10: loses neither adds nor what another service writes beside them', async () => {
    const user = sessionsOf(fleet, 'user').namespace(counter);
    const writes = Array.from({ length: 40 }, (_, at) => [
      ada.call('POST', '/cart/items/moka-pot/add', { body: { by: 1 }, at }),
      user.update(ada.sessionId, (held) => ({ count: (held?.count ?? 0) + 1 })),
    ]);
    await Promise.all(writes.flat());
    expect(await ada.cart()).toEqual({ 'moka-pot': 40 });
    expect((await user.read(ada.sessionId)).value).toEqual({ count: 40 });
  });
});

describe('bad input to the cart', () => {
  it.each([-1, 100, '1', 1.5, null, true, [1], {}])(
    'refuses the quantity %p and names it',
    async (quantity) => {
      const answer = await ada.put('milk-jug', quantity);
      expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
      expect(answer.body['errors']).toEqual([{ path: 'quantity', message: expect.any(String) }]);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    },
  );

  it.each([{ by: 100 }, { by: -100 }, { by: '1' }, {}, { by: 1, more: 2 }, [], 'null', '{"by":'])(
    'refuses to add %p',
    async (body) => {
      const answer = await ada.call('POST', '/cart/items/milk-jug/add', { body });
      expect(answer).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
      expect((await ada.call('GET', '/cart')).body).toMatchObject({ version: 0 });
    },
  );

  it('does not find an unknown product, and refuses what is no product id', async () => {
    expect(await ada.put('teapot', 1)).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await ada.put('teapot', 0)).toMatchObject({ status: 404 });
    for (const id of ['a%2Fb', 'a%00b', 'x'.repeat(65), '%F0%9F%AB%96']) {
      expect(await ada.put(id, 1)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    }
  });

  it('lets what is no longer sold leave the cart', async () => {
    await ada.sessions.namespace(cartNamespace).update(ada.sessionId, () => ({
      version: 1,
      items: [{ productId: 'teapot', quantity: 1, since: 1 }],
      settled: [],
    }));
    expect(await ada.order('gone')).toMatchObject({
      status: 409,
      body: { code: 'ERR_CONFLICT', detail: expect.stringContaining('teapot') },
    });
    expect(await ada.put('teapot', 0)).toMatchObject({ status: 200, body: { items: [] } });
  });

  it('says which methods a path knows', async () => {
    const answer = await ada.call('DELETE', '/products');
    expect(answer).toMatchObject({ status: 405, body: { code: 'ERR_METHOD' } });
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
  });
});
