import { Injectable } from '@nestjs/common';
import { and, eq, isNull, lt, sql, type SQL } from 'drizzle-orm';
import type { CartState } from '../cart/cart-state.js';
import { Carts } from '../cart/carts.js';
import { Database, type Executor } from '../db/database.js';
import { orders } from '../db/schema.js';

/** An order of which it is not noted that its items have left the cart. */
export type UnsettledOrder = Pick<typeof orders.$inferSelect, 'id' | 'sessionId' | 'cartVersion' | 'items'>;

/**
 * Takes what was ordered out of the cart. The order is in Postgres, the cart in Redis, so there is a moment
 * between the two in which a crash leaves the order *unsettled*. Whoever meets it then finishes it: a repeat
 * with the same key, the next order of the session, or the sweep. All of them may: the cart remembers.
 */
@Injectable()
export class Settlement {
  constructor(
    private readonly carts: Carts,
    private readonly database: Database,
  ) {}

  async settle(order: UnsettledOrder, executor: Executor = this.database.orm): Promise<void> {
    const { id, sessionId, cartVersion, items } = order;
    await this.carts.settle(sessionId, { orderId: id, cartVersion, items });
    await executor
      .update(orders)
      .set({ settledAt: sql`clock_timestamp()` })
      .where(eq(orders.id, id));
  }

  /** An order if it is still unsettled. */
  async unsettled(orderId: string, executor: Executor): Promise<UnsettledOrder | undefined> {
    const [found] = await find(executor, eq(orders.id, orderId), 1);
    return found;
  }

  /**
   * An order of which the cart that the client shows knows nothing: its answer, and with it the cart without what was
   * ordered, has never arrived. Only where clients carry their carts (strategy `token`): a store has it, settled.
   */
  async unnoticed(orderId: string, sessionId: string): Promise<UnsettledOrder | undefined> {
    const { version, settled } = await this.carts.read(sessionId);
    if (settled.includes(orderId)) return undefined;
    const own = and(eq(orders.id, orderId), eq(orders.sessionId, sessionId));
    const [order] = await select(this.database.orm, own, 1);
    return order !== undefined && version <= order.cartVersion ? order : undefined;
  }

  /** The session's cart once all earlier orders have left it. Call it under the user's lock. */
  async settledCart(sessionId: string, executor: Executor): Promise<CartState> {
    for (const order of await find(executor, eq(orders.sessionId, sessionId)))
      await this.settle(order, executor);
    return this.carts.read(sessionId);
  }

  /** Settles orders that have been unsettled for so long that nobody is at it any more. */
  async settleAbandoned(olderThanMs: number, limit: number): Promise<void> {
    const since = sql`clock_timestamp() - ${olderThanMs} * interval '1 millisecond'`;
    for (const order of await find(this.database.orm, lt(orders.createdAt, since), limit))
      await this.settle(order);
  }
}

async function find(executor: Executor, which: SQL, limit = 1_000): Promise<readonly UnsettledOrder[]> {
  return select(executor, and(isNull(orders.settledAt), which), limit);
}

async function select(
  executor: Executor,
  which: SQL | undefined,
  limit: number,
): Promise<readonly UnsettledOrder[]> {
  const { id, sessionId, cartVersion, items } = orders;
  return executor.select({ id, sessionId, cartVersion, items }).from(orders).where(which).limit(limit);
}
