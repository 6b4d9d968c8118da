import type { Cart, Product } from '../api/contracts.js';

/** A line of the cart, with what it costs. */
export interface CartLine {
  readonly product: Product;
  readonly quantity: number;
  readonly totalMinor: number;
}

/** The cart as it is shown. `unknown`: things that are not sold any more. */
export interface PricedCart {
  readonly lines: readonly CartLine[];
  readonly count: number;
  readonly totalMinor: number;
  readonly currency: string;
  readonly unknown: number;
}

/** Puts prices to what is in the cart. The order service prices an order again; this is for looking at. */
export function priceCart(cart: Pick<Cart, 'items'>, products: readonly Product[]): PricedCart {
  const byId = new Map(products.map((product) => [product.id, product]));
  const lines = cart.items.flatMap(({ productId, quantity }) => {
    const product = byId.get(productId);
    return product ? [{ product, quantity, totalMinor: product.priceMinor * quantity }] : [];
  });
  return {
    lines,
    count: lines.reduce((sum, { quantity }) => sum + quantity, 0),
    totalMinor: lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0),
    currency: lines[0]?.product.currency ?? products[0]?.currency ?? 'EUR',
    unknown: cart.items.length - lines.length,
  };
}
