import {
  badCursor,
  CodedError,
  cursorOf,
  idOfCursor,
  type Order,
  type OrderPage,
  type PageQuery,
} from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { and, desc, eq, sql } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { orders } from '../db/schema.js';
import { orderView } from './order-view.js';

/** A user's orders. Another user's are not there. */
@Injectable()
export class OrderHistory {
  constructor(private readonly database: Database) {}

  /** @throws CodedError `ERR_NOT_FOUND` */
  async read(userId: string, id: string): Promise<Order> {
    const row = await this.#find(userId, id);
    if (row === undefined) throw new CodedError('ERR_NOT_FOUND', 'You have no such order.');
    return orderView(row);
  }

  /** Newest first. Orders that are placed while somebody turns pages shift nothing. */
  async page(userId: string, { limit, cursor }: PageQuery): Promise<OrderPage> {
    const after = cursor === undefined ? undefined : await this.#after(userId, cursor);
    const rows = await this.database.orm
      .select()
      .from(orders)
      .where(and(eq(orders.userId, userId), after))
      .orderBy(desc(orders.createdAt), desc(orders.id))
      .limit(limit + 1);
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return { orders: page.map(orderView), nextCursor: last ? cursorOf(last.id) : null };
  }

  async #find(userId: string, id: string) {
    const mine = and(eq(orders.id, id), eq(orders.userId, userId));
    const [row] = await this.database.orm.select().from(orders).where(mine);
    return row;
  }

  async #after(userId: string, cursor: string) {
    const id = idOfCursor(cursor);
    if ((await this.#find(userId, id)) === undefined) throw badCursor();
    // The order itself says where it stands, to the microsecond, which no JavaScript date could carry.
    return sql`(${orders.createdAt}, ${orders.id}) < (select created_at, id from orders where id = ${id})`;
  }
}
