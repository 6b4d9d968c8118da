import { expectStatus, type ApiClient } from '@holdfast/fleet-client';

/** What the order service shows of a cart. */
export interface Cart {
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
}

/** Something that can be bought. */
export async function anyProduct(gateway: ApiClient): Promise<string> {
  const catalogue = await gateway.call<{ products: { id: string }[] }>('GET', '/products');
  return expectStatus('products', 200, catalogue).body.products[0]?.id ?? '';
}

/** How many of it are in a cart. */
export function quantityOf({ items }: Cart, product: string): number {
  return items.find(({ productId }) => productId === product)?.quantity ?? 0;
}
