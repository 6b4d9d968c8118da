import type { Cart, Preferences } from '@holdfast/contracts';
import {
  SessionDataError,
  SessionEndedError,
  SessionManager,
  SessionUnknownError,
  type SessionNamespace,
} from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { cartNamespace, preferencesNamespace } from './cart-namespace.js';
import { EMPTY_CART, settleOrder, type CartState, type OrderedItems } from './cart-state.js';

/** The carts: each lives in its session's `order` namespace, which this service owns. */
@Injectable()
export class Carts {
  readonly #carts: SessionNamespace<CartState>;
  readonly #preferences: SessionNamespace<Preferences>;

  constructor(sessions: SessionManager) {
    this.#carts = sessions.namespace(cartNamespace);
    this.#preferences = sessions.namespace(preferencesNamespace);
  }

  /** The cart as clients see it. Locale and currency are what the user service holds in the same session. */
  async view(sessionId: string): Promise<Cart> {
    const reads = [this.read(sessionId), this.#preferred(sessionId)] as const;
    const [{ version, items }, { locale, currency }] = await Promise.all(reads);
    return {
      items: items.map(({ productId, quantity }) => ({ productId, quantity })),
      version,
      locale: locale ?? null,
      currency: currency ?? null,
    };
  }

  async read(sessionId: string): Promise<CartState> {
    return (await this.#carts.read(sessionId)).value ?? EMPTY_CART;
  }

  /** Changes the cart by a pure function: parallel changes, on whichever instances, all count. */
  async change(sessionId: string, change: (cart: CartState) => CartState): Promise<void> {
    await this.#carts.update(sessionId, (held = EMPTY_CART) => change(held));
  }

  /** Takes out what was ordered; repeating it changes nothing. A cart that went with its session needs no settling. */
  async settle(sessionId: string, ordered: OrderedItems): Promise<void> {
    try {
      await this.change(sessionId, (cart) => settleOrder(cart, ordered));
    } catch (error) {
      if (!(error instanceof SessionEndedError || error instanceof SessionUnknownError)) throw error;
    }
  }

  /** A cart goes on without what this version of the service cannot read of another's. */
  async #preferred(sessionId: string): Promise<Preferences> {
    try {
      return (await this.#preferences.read(sessionId)).value ?? {};
    } catch (error) {
      if (error instanceof SessionDataError) return {};
      throw error;
    }
  }
}
