import { randomUUID } from 'node:crypto';
import { CodedError, type Order, type PlaceOrder } from '@holdfast/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { CartState } from '../cart/cart-state.js';
import { Database, type Executor } from '../db/database.js';
import { orders } from '../db/schema.js';
import { Catalogue } from '../products/catalogue.js';
import { bodyHashOf, IdempotencyKeys, type KeyRecord } from './idempotency-keys.js';
import { orderView } from './order-view.js';
import { priceOrder } from './price-order.js';
import { Settlement, type UnsettledOrder } from './settlement.js';
import { Turns } from './turns.js';

/** Between two statements of a placement: longer than the store is waited for, shorter than a statement may take. */
const LONGEST_PAUSE_MS = 4_000;

/** One attempt to order what is in a session's cart. */
export interface OrderAttempt {
  readonly userId: string;
  readonly sessionId: string;
  readonly key: string;
  readonly body: PlaceOrder;
}

/** What an attempt came to. `unsettled`: the items must still leave the cart. */
type Placed =
  | { readonly order: Order; readonly unsettled?: UnsettledOrder; readonly isRepeat?: true }
  | { readonly refused: CodedError };

/**
 * Places orders exactly once. All that decides happens in one transaction under a lock of the user: duplicates
 * wait there for the first, then find its answer. What they must not decide, whether the items have left the
 * cart (which lives in another store), is made repeatable instead: see `Settlement`.
 */
@Injectable()
export class OrderPlacement {
  readonly #log = new Logger(OrderPlacement.name);
  readonly #turns = new Turns();

  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
    private readonly keys: IdempotencyKeys,
    private readonly settlement: Settlement,
  ) {}

  /** The order of this key, new or not. @throws CodedError `ERR_CONFLICT`; such an attempt does not use the key up */
  async place(attempt: OrderAttempt): Promise<Order> {
    const placed = await this.#turns.take(attempt.userId, () =>
      this.database.transaction(async (transaction) => {
        await lockUser(attempt.userId, transaction);
        return this.#placeUnderLock(attempt, transaction);
      }),
    );
    // Thrown out here, so that what was settled on the way stays settled.
    if ('refused' in placed) throw placed.refused;
    if (placed.unsettled) await this.#settle(placed.unsettled);
    else if (placed.isRepeat) await this.#settleUnnoticed(placed.order.id, attempt.sessionId);
    return placed.order;
  }

  async #placeUnderLock(attempt: OrderAttempt, transaction: Executor): Promise<Placed> {
    const { userId, sessionId, key, body } = attempt;
    const request = { userId, key, bodyHash: bodyHashOf(body) };
    const known = await this.keys.find(request, transaction);
    if (known) return this.#repeat(known, request.bodyHash, transaction);

    const cart = await this.settlement.settledCart(sessionId, transaction);
    const refused = refusalOf(cart, body);
    if (refused) return { refused };
    const wanted = cart.items.map(({ productId }) => productId);
    const priced = priceOrder(cart.items, await this.catalogue.find(wanted, transaction));
    if (priced instanceof CodedError) return { refused: priced };

    const row = { id: randomUUID(), userId, sessionId, cartVersion: cart.version, ...priced };
    const [unsettled] = await transaction
      .insert(orders)
      .values({ ...row, createdAt: sql`clock_timestamp()` })
      .returning();
    if (unsettled === undefined) throw new Error('Postgres returned no row for an insert.');
    const order = orderView(unsettled);
    await this.keys.remember(request, order, transaction);
    return { order, unsettled };
  }

  async #repeat(
    { bodyHash, orderId, response }: KeyRecord,
    sent: string,
    transaction: Executor,
  ): Promise<Placed> {
    if (bodyHash !== sent) {
      return {
        refused: new CodedError('ERR_CONFLICT', 'This Idempotency-Key came with another body before.'),
      };
    }
    const unsettled = await this.settlement.unsettled(orderId, transaction);
    return { order: response, isRepeat: true, ...(unsettled && { unsettled }) };
  }

  /** Whoever repeats an order may not have had its answer, and shows a cart with all of it still in there. */
  async #settleUnnoticed(orderId: string, sessionId: string): Promise<void> {
    const order = await this.settlement.unnoticed(orderId, sessionId).catch(() => undefined);
    if (order) await this.#settle(order);
  }

  /** The order stands, whatever becomes of this: the sweep or the next order finishes what fails here. */
  async #settle(order: UnsettledOrder): Promise<void> {
    try {
      await this.settlement.settle(order);
    } catch (error) {
      this.#log.warn(`Order ${order.id} stays unsettled for now`, error);
    }
  }
}

function refusalOf({ items, version }: CartState, { cartVersion }: PlaceOrder): CodedError | undefined {
  if (items.length === 0) return new CodedError('ERR_CONFLICT', 'The cart is empty.');
  if (cartVersion === undefined || cartVersion === version) return undefined;
  return new CodedError('ERR_CONFLICT', `The cart is at version ${version}, not ${cartVersion}.`);
}

async function lockUser(userId: string, transaction: Executor): Promise<void> {
  // An instance that stands still gives the lock back before those who wait for it run into their own timeout.
  await transaction.execute(sql.raw(`set local idle_in_transaction_session_timeout = ${LONGEST_PAUSE_MS}`));
  // Two users with one hash wait for each other now and then: slower, never wrong.
  await transaction.execute(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, 0))`);
}
