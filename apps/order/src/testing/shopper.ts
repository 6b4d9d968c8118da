import { SignedIn, type Answer, type Call } from '@holdfast/service-testing';

/** Somebody with a session, and so with a cart. */
export class Shopper extends SignedIn {
  /** Puts so many of a product in the cart. */
  put(productId: string, quantity: unknown, at = 0): Promise<Answer> {
    return this.call('PUT', `/cart/items/${productId}`, { body: { quantity }, at });
  }

  /** Orders the cart under a key. */
  order(key: string, { body, at }: Call = {}): Promise<Answer> {
    return this.call('POST', '/orders', { headers: { 'idempotency-key': key }, body, at });
  }

  /** The cart's quantities by product. */
  async cart(): Promise<Record<string, number>> {
    const { body } = await this.call('GET', '/cart');
    const items = body['items'] as { productId: string; quantity: number }[];
    return Object.fromEntries(items.map(({ productId, quantity }) => [productId, quantity]));
  }
}
