import { describe, expect, it } from '@jest/globals';
import {
  addQuantity,
  cartStateSchema,
  EMPTY_CART,
  setQuantity,
  settleOrder,
  type CartState,
} from './cart-state.js';

const empty = EMPTY_CART;
const quantities = ({ items }: CartState) =>
  Object.fromEntries(items.map(({ productId, quantity }) => [productId, quantity]));
const orderOf = (cart: CartState, orderId = 'order-1') => ({
  orderId,
  cartVersion: cart.version,
  items: cart.items,
});

describe('a cart', () => {
  it('is empty at first', () => {
    expect(empty).toEqual({ version: 0, items: [], settled: [] });
  });

  it('survives being held as JSON', () => {
    const cart = setQuantity(empty, 'cup', 2);
    expect(cartStateSchema.parse(JSON.parse(JSON.stringify(cart)))).toEqual(cart);
  });

  it('sets a quantity, and drops the line at 0', () => {
    const cart = setQuantity(setQuantity(empty, 'cup', 2), 'pot', 1);
    expect(quantities(cart)).toEqual({ cup: 2, pot: 1 });
    expect(quantities(setQuantity(cart, 'cup', 0))).toEqual({ pot: 1 });
  });

  it('grows by one version with each change, and by none with what changes nothing', () => {
    const cart = addQuantity(setQuantity(empty, 'cup', 99), 'cup', -1);
    expect(cart.version).toBe(2);
    expect(addQuantity(cart, 'cup', 0)).toBe(cart);
    expect(addQuantity(cart, 'pot', -3)).toBe(cart);
  });

  it('keeps a quantity within 0 to 99', () => {
    expect(quantities(addQuantity(setQuantity(empty, 'cup', 98), 'cup', 5))).toEqual({ cup: 99 });
    expect(quantities(addQuantity(setQuantity(empty, 'cup', 3), 'cup', -99))).toEqual({});
  });
});

describe('settling an order', () => {
  const cart = setQuantity(setQuantity(empty, 'cup', 2), 'pot', 1);

  it('takes out what was ordered', () => {
    expect(settleOrder(cart, orderOf(cart))).toEqual({ version: 3, items: [], settled: ['order-1'] });
  });

  it('takes it out once, however often it is repeated', () => {
    const settled = settleOrder(cart, orderOf(cart));
    const refilled = setQuantity(settled, 'cup', 2);
    expect(settleOrder(refilled, orderOf(cart))).toBe(refilled);
  });

  it('leaves what was added after the order', () => {
    const more = addQuantity(addQuantity(cart, 'cup', 3), 'jug', 1);
    expect(quantities(settleOrder(more, orderOf(cart)))).toEqual({ cup: 3, jug: 1 });
  });

  it('leaves what was set after the order, and what was taken out and put in again', () => {
    const set = setQuantity(cart, 'cup', 3);
    const again = addQuantity(setQuantity(set, 'pot', 0), 'pot', 1);
    expect(quantities(settleOrder(again, orderOf(cart)))).toEqual({ cup: 3, pot: 1 });
  });

  it('goes on where something was taken out in between', () => {
    const fewer = addQuantity(cart, 'cup', -1);
    expect(quantities(settleOrder(fewer, orderOf(cart)))).toEqual({});
  });

  it('gives the same quantities before and after a concurrent change', () => {
    const changes = [
      (state: CartState) => addQuantity(state, 'cup', 5),
      (state: CartState) => setQuantity(state, 'cup', 7),
      (state: CartState) => setQuantity(state, 'jug', 1),
      (state: CartState) => setQuantity(state, 'pot', 0),
    ];
    for (const change of changes) {
      const settledFirst = change(settleOrder(cart, orderOf(cart)));
      const settledLast = settleOrder(change(cart), orderOf(cart));
      expect(quantities(settledLast)).toEqual(quantities(settledFirst));
    }
  });

  it('remembers the last 20 orders and no more', () => {
    let state = cart;
    for (let n = 0; n < 30; n += 1)
      state = settleOrder(state, { orderId: `order-${n}`, cartVersion: 0, items: [] });
    expect(state.settled).toHaveLength(20);
    expect(state.settled.at(-1)).toBe('order-29');
  });
});
