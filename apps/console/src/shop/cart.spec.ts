import { describe, expect, it } from '@jest/globals';
import { priceCart } from './cart.js';

const CUP = { id: 'cup', name: 'Cup', priceMinor: 1_450, currency: 'EUR' };
const POT = { id: 'pot', name: 'Pot', priceMinor: 3_890, currency: 'EUR' };

describe('a cart', () => {
  it('costs what its things cost', () => {
    const items = [
      { productId: 'pot', quantity: 1 },
      { productId: 'cup', quantity: 3 },
    ];
    expect(priceCart({ items }, [CUP, POT])).toEqual({
      lines: [
        { product: POT, quantity: 1, totalMinor: 3_890 },
        { product: CUP, quantity: 3, totalMinor: 4_350 },
      ],
      count: 4,
      totalMinor: 8_240,
      currency: 'EUR',
      unknown: 0,
    });
  });

  it('counts what is not sold any more, and asks nothing for it', () => {
    const priced = priceCart({ items: [{ productId: 'gone', quantity: 2 }] }, [CUP]);
    expect(priced).toMatchObject({ lines: [], count: 0, totalMinor: 0, unknown: 1 });
  });
});
