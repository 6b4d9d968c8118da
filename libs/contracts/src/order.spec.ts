import { describe, expect, it } from '@jest/globals';
import { addQuantityBody, productIdSchema, setQuantityBody } from './cart.js';
import { idempotencyKeySchema, placeOrderBody } from './order.js';
import { pageQuery } from './pagination.js';

describe('the cart', () => {
  it.each([0, 1, 99])('takes the quantity %p', (quantity) => {
    expect(setQuantityBody.safeParse({ quantity }).success).toBe(true);
  });

  it.each([-1, 100, '1', 1.5, null, undefined, NaN])('refuses the quantity %p', (quantity) => {
    expect(setQuantityBody.safeParse({ quantity }).success).toBe(false);
  });

  it('adds −99 to 99, 0 too', () => {
    for (const by of [-99, 0, 99]) expect(addQuantityBody.safeParse({ by }).success).toBe(true);
    for (const by of [-100, 100, '1', 0.5]) expect(addQuantityBody.safeParse({ by }).success).toBe(false);
  });

  it('refuses a product id that no path can carry plainly', () => {
    for (const id of ['', 'x'.repeat(65), 'a/b', 'a\u0000', 'é'])
      expect(productIdSchema.safeParse(id).success).toBe(false);
  });
});

describe('an idempotency key', () => {
  it('is 1 to 64 visible characters', () => {
    for (const key of ['k', 'x'.repeat(64), '5e0c7e2e-6b0f-4f5f-bb40-6d2f0e2f1f55']) {
      expect(idempotencyKeySchema.safeParse(key).success).toBe(true);
    }
    for (const key of ['', 'x'.repeat(65), 'one, two', 'é', undefined]) {
      expect(idempotencyKeySchema.safeParse(key).success).toBe(false);
    }
  });
});

describe('an order', () => {
  it('may name the version of the cart', () => {
    expect(placeOrderBody.parse({})).toEqual({});
    expect(placeOrderBody.parse({ cartVersion: 3 })).toEqual({ cartVersion: 3 });
    for (const body of [{ cartVersion: '3' }, { cartVersion: -1 }, { coupon: 'x' }, [], null]) {
      expect(placeOrderBody.safeParse(body).success).toBe(false);
    }
  });
});

describe('a page', () => {
  it('has 20 entries unless told, 1 to 100', () => {
    expect(pageQuery.parse({})).toEqual({ limit: 20 });
    expect(pageQuery.parse({ limit: '100', cursor: 'abc' })).toEqual({ limit: 100, cursor: 'abc' });
    for (const limit of ['0', '101', '', 'x', '1.5', ['1', '2']])
      expect(pageQuery.safeParse({ limit }).success).toBe(false);
    for (const cursor of ['', 'a b', 'x'.repeat(129)])
      expect(pageQuery.safeParse({ cursor }).success).toBe(false);
  });

  it.each(['0x10', '1e1', '+5', '5.0', ' 5', '5 ', '0b1', '٥', ['5'], true])(
    'takes digits for a limit, not %j',
    (limit) => {
      expect(pageQuery.safeParse({ limit }).success).toBe(false);
    },
  );
});
