import type { Order } from '@holdfast/contracts';
import {
  bigint,
  integer,
  json,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

/** What can be bought. Filled by migrations; ids are stable. */
export const products = pgTable('products', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  priceMinor: integer('price_minor').notNull(),
  currency: text('currency').notNull(),
});

/** Orders. Nothing of an order changes but `settledAt`. */
export const orders = pgTable('orders', {
  id: uuid('id').primaryKey(),
  userId: uuid('user_id').notNull(),
  /** The session whose cart was ordered. */
  sessionId: text('session_id').notNull(),
  /** The version of the cart that was ordered. */
  cartVersion: integer('cart_version').notNull(),
  items: jsonb('items').$type<Order['items']>().notNull(),
  totalMinor: bigint('total_minor', { mode: 'number' }).notNull(),
  currency: text('currency').notNull(),
  /** `clock_timestamp()`: later orders of a user are later, however long they waited for their turn. */
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  /** When what was ordered had left the cart; until then somebody must still see to it. */
  settledAt: timestamp('settled_at', { withTimezone: true }),
});

/** Which order an `Idempotency-Key` made, and what was answered. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: uuid('user_id').notNull(),
    key: text('key').notNull(),
    bodyHash: text('body_hash').notNull(),
    orderId: uuid('order_id').notNull(),
    /** As it was answered: `json` keeps the order of members, so that a repeat gets the same bytes. */
    response: json('response').$type<Order>().notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.key] })],
);
