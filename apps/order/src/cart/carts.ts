import { preferencesSchema, type Cart } from '@holdfast/contracts';
import {
  SessionEndedError,
  SessionManager,
  SessionUnknownError,
  type SessionNamespace,
} from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { cartStateOf, settleOrder, type CartState, type OrderedItems } from './cart-state.js';

/** The carts: each lives in its session's `order` namespace, which this service owns. */
@Injectable()
export class Carts {
  readonly #carts: SessionNamespace<unknown>;

  constructor(private readonly sessions: SessionManager) {
    this.#carts = sessions.namespace('order');
  }

  /** The cart as clients see it. Locale and currency are what the user service holds in the same session. */
  async view(sessionId: string): Promise<Cart> {
    const data = await this.sessions.allData(sessionId);
    if (data === undefined) throw new SessionUnknownError();
    const { version, items } = cartStateOf(data['order']);
    const { locale, currency } = preferencesSchema.safeParse(data['user'] ?? {}).data ?? {};
    return {
      items: items.map(({ productId, quantity }) => ({ productId, quantity })),
      version,
      locale: locale ?? null,
      currency: currency ?? null,
    };
  }

  async read(sessionId: string): Promise<CartState> {
    return cartStateOf((await this.#carts.read(sessionId)).value);
  }

  /** Changes the cart by a pure function: parallel changes, on whichever instances, all count. */
  async change(sessionId: string, change: (cart: CartState) => CartState): Promise<void> {
    await this.#carts.update(sessionId, (held) => change(cartStateOf(held)));
  }

  /** Takes out what was ordered; repeating it changes nothing. A cart that went with its session needs no settling. */
  async settle(sessionId: string, ordered: OrderedItems): Promise<void> {
    try {
      await this.change(sessionId, (cart) => settleOrder(cart, ordered));
    } catch (error) {
      if (!(error instanceof SessionEndedError || error instanceof SessionUnknownError)) throw error;
    }
  }
}
