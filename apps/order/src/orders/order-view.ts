import type { Order } from '@holdfast/contracts';
import type { orders } from '../db/schema.js';

/** An order as clients see it. */
export function orderView(row: typeof orders.$inferSelect): Order {
  const { id, items, totalMinor, currency, createdAt } = row;
  return { id, items, totalMinor, currency, createdAt: createdAt.toISOString() };
}
