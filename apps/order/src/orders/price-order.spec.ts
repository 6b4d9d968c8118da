import { describe, expect, it } from '@jest/globals';
import { priceOrder } from './price-order.js';

const catalogue = new Map(
  [
    { id: 'cup', name: 'Cup', priceMinor: 1450, currency: 'EUR' },
    { id: 'papers', name: 'Papers', priceMinor: 475, currency: 'EUR' },
    { id: 'tin', name: 'Tin', priceMinor: 1200, currency: 'CHF' },
  ].map((product) => [product.id, product]),
);

describe('pricing', () => {
  it('takes names and prices from the catalogue and sums in minor units', () => {
    const cart = [
      { productId: 'cup', quantity: 2 },
      { productId: 'papers', quantity: 3 },
    ];
    expect(priceOrder(cart, catalogue)).toEqual({
      items: [
        { productId: 'cup', name: 'Cup', quantity: 2, priceMinor: 1450 },
        { productId: 'papers', name: 'Papers', quantity: 3, priceMinor: 475 },
      ],
      totalMinor: 4325,
      currency: 'EUR',
    });
  });

  it.each([
    ['an empty cart', [], 'empty'],
    ['what is no longer sold, by name', [{ productId: 'jug', quantity: 1 }], 'jug'],
    ['a mix of currencies', ['cup', 'tin'].map((productId) => ({ productId, quantity: 1 })), 'currencies'],
  ])('refuses %s', (_what, cart, detail) => {
    expect(priceOrder(cart, catalogue)).toMatchObject({
      code: 'ERR_CONFLICT',
      detail: expect.stringContaining(detail),
    });
  });
});
