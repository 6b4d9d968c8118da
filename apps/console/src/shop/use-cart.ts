import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.js';
import type { Cart, Order, OrderPage, Product } from '../api/contracts.js';
import { ensureSession, isSignedIn, useSession } from '../session/use-session.js';

const EMPTY: Cart = { items: [], version: 0, locale: null, currency: null };

/** What can be bought. */
export function useProducts() {
  return useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => call<{ products: Product[] }>('GET', '/products', { signal }),
    staleTime: 5 * 60_000,
    select: ({ products }) => products,
  });
}

/** The cart of the session; an empty one where there is no session yet. */
export function useCart() {
  const { data: session } = useSession();
  return useQuery({
    queryKey: ['cart', session?.id],
    queryFn: ({ signal }) => (session ? call<Cart>('GET', '/cart', { signal }) : EMPTY),
    enabled: session !== undefined,
  });
}

/** Adds to a product's quantity, or takes from it. Who has no session becomes a guest first. */
export function useAddToCart() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ productId, by }: { productId: string; by: number }) => {
      await ensureSession(client);
      return call<Cart>('POST', `/cart/items/${productId}/add`, { body: { by } });
    },
    onSuccess: (cart) =>
      client.setQueriesData({ queryKey: ['cart'] }, (former: Cart | undefined) => newer(former, cart)),
  });
}

/** Answers of requests that ran side by side come in any order: the later version of the cart is the cart. */
function newer(former: Cart | undefined, cart: Cart): Cart {
  return former && former.version > cart.version ? former : cart;
}

/** Orders what is in the cart. The same key until it went through: however often it is tried, it is one order. */
export function usePlaceOrder(key: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (cartVersion: number) =>
      call<Order>('POST', '/orders', { body: { cartVersion }, headers: { 'idempotency-key': key } }),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['cart'] });
      await client.invalidateQueries({ queryKey: ['orders'] });
    },
  });
}

/** The latest orders of who is signed in. */
export function useOrders() {
  const { data: session } = useSession();
  return useQuery({
    queryKey: ['orders', session?.userId],
    queryFn: ({ signal }) => call<OrderPage>('GET', '/orders?limit=5', { signal }),
    enabled: isSignedIn(session),
  });
}
