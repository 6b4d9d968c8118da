import { expectStatus } from '@holdfast/fleet-client';
import { anyProduct, quantityOf, type Cart } from '../cart.js';
import type { Act } from '../stage.js';

const PARALLEL_ADDS = 20;

/** Parallel writes to one session, spread over the instances, all count. */
export const fillTheCart: Act = {
  title: `Add one thing ${PARALLEL_ADDS} times at once, on whichever instance answers`,
  async play({ gateway, laptop }) {
    const product = await anyProduct(gateway);
    const add = () => laptop.call('POST', `/cart/items/${product}/add`, { body: { by: 1 } });
    const answers = await Promise.all(Array.from({ length: PARALLEL_ADDS }, add));
    const instances = new Set(answers.map(({ headers }) => headers.get('x-served-by')));
    const cart = expectStatus('cart', 200, await laptop.call<Cart>('GET', '/cart')).body;
    const quantity = quantityOf(cart, product);
    return {
      promise: 'no add is lost',
      seen: `${quantity} in the cart, written by ${[...instances].sort().join(' and ')}`,
      held: quantity === PARALLEL_ADDS,
    };
  },
};
