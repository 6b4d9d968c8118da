import { z } from 'zod';

const MOST = 99;
/** An order settles within seconds; only a straggler looks further back than the last one. */
const REMEMBERED_ORDERS = 20;

/** Version 1 of the cart as the session's `order` namespace holds it: a change of it is another version. */
export const cartStateSchema = z.object({
  version: z.int().min(0),
  items: z.array(
    z.object({
      productId: z.string(),
      quantity: z.int().min(1).max(MOST),
      /** The version at which this line began or was last set, as opposed to added to. */
      since: z.int().min(0),
    }),
  ),
  /** Ids of the orders that were last taken out of this cart. */
  settled: z.array(z.string()),
});

/** The cart as the session's `order` namespace holds it. All changes below are pure: a lost race repeats them. */
export type CartState = z.output<typeof cartStateSchema>;

/** What an order took: of which version of the cart, and how many of each. */
export interface OrderedItems {
  readonly orderId: string;
  readonly cartVersion: number;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

/** A cart in which nothing has been yet. */
export const EMPTY_CART: CartState = { version: 0, items: [], settled: [] };

/** Says how many there are; 0 takes the line out. */
export function setQuantity(cart: CartState, productId: string, quantity: number): CartState {
  const version = cart.version + 1;
  return withLine({ ...cart, version }, { productId, quantity, since: version });
}

/** Adds `by`, less than nothing included; the quantity stays within 0 to 99. Nothing changes if it stays as it is. */
export function addQuantity(cart: CartState, productId: string, by: number): CartState {
  const line = cart.items.find((item) => item.productId === productId);
  const had = line?.quantity ?? 0;
  const quantity = Math.min(Math.max(had + by, 0), MOST);
  if (quantity === had) return cart;
  const version = cart.version + 1;
  return withLine({ ...cart, version }, { productId, quantity, since: line?.since ?? version });
}

/**
 * Takes out what was ordered, once per order. What was added since stays; so does a line that was set or
 * begun since: it says what is wanted now, with the order in mind.
 */
export function settleOrder(cart: CartState, { orderId, cartVersion, items }: OrderedItems): CartState {
  if (cart.settled.includes(orderId)) return cart;
  const ordered = new Map(items.map(({ productId, quantity }) => [productId, quantity]));
  const left = cart.items.map((line) =>
    line.since > cartVersion
      ? line
      : { ...line, quantity: line.quantity - (ordered.get(line.productId) ?? 0) },
  );
  return {
    version: cart.version + 1,
    items: left.filter(({ quantity }) => quantity > 0),
    settled: [...cart.settled, orderId].slice(-REMEMBERED_ORDERS),
  };
}

function withLine(cart: CartState, line: CartState['items'][number]): CartState {
  const exists = cart.items.some(({ productId }) => productId === line.productId);
  const lines = exists
    ? cart.items.map((item) => (item.productId === line.productId ? line : item))
    : [...cart.items, line];
  return { ...cart, items: lines.filter(({ quantity }) => quantity > 0) };
}
