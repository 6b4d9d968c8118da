import { expectStatus } from '@holdfast/fleet-client';
import type { Act } from '../stage.js';

const PARALLEL_ADDS = 20;

interface Cart {
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

/** Parallel writes to one session, spread over the instances, all count. */
export const fillTheCart: Act = {
  title: `Add one thing ${PARALLEL_ADDS} times at once, on whichever instance answers`,
  async play({ laptop }) {
    const catalogue = await laptop.call<{ products: { id: string }[] }>('GET', '/products');
    const productId = expectStatus('products', 200, catalogue).body.products[0]?.id ?? '';
    const add = () => laptop.call('POST', `/cart/items/${productId}/add`, { body: { by: 1 } });
    const answers = await Promise.all(Array.from({ length: PARALLEL_ADDS }, add));
    const instances = new Set(answers.map(({ headers }) => headers.get('x-served-by')));
    const cart = expectStatus('cart', 200, await laptop.call<Cart>('GET', '/cart')).body;
    const quantity = cart.items.find((item) => item.productId === productId)?.quantity;
    return {
      promise: 'no add is lost',
      seen: `${quantity} in the cart, written by ${[...instances].sort().join(' and ')}`,
      held: quantity === PARALLEL_ADDS,
    };
  },
};
