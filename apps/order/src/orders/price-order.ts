import type { Order, Product } from '@holdfast/contracts';
import { CodedError } from '@holdfast/contracts';

/** What is ordered, priced as of now. */
export type PricedItems = Pick<Order, 'items' | 'totalMinor' | 'currency'>;

/** Prices a cart with what the catalogue says at this moment, or says why it cannot be ordered. */
export function priceOrder(
  cart: readonly { readonly productId: string; readonly quantity: number }[],
  catalogue: ReadonlyMap<string, Product>,
): PricedItems | CodedError {
  const gone = cart.filter(({ productId }) => !catalogue.has(productId)).map(({ productId }) => productId);
  if (gone.length > 0) {
    return new CodedError('ERR_CONFLICT', `No longer sold: ${gone.join(', ')}. Take it out of the cart.`);
  }
  const items = cart.flatMap(({ productId, quantity }) => {
    const product = catalogue.get(productId);
    return product ? [{ productId, name: product.name, quantity, priceMinor: product.priceMinor }] : [];
  });
  const [currency, ...others] = new Set(cart.map(({ productId }) => catalogue.get(productId)?.currency));
  if (currency === undefined) return new CodedError('ERR_CONFLICT', 'The cart is empty.');
  if (others.length > 0)
    return new CodedError('ERR_CONFLICT', 'The cart mixes currencies; order them one by one.');
  const totalMinor = items.reduce((sum, { quantity, priceMinor }) => sum + quantity * priceMinor, 0);
  return { items, totalMinor, currency };
}
