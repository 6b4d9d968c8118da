import { defineNamespace, type NamespaceDefinition } from '@holdfast/session-core';
import { z } from 'zod';

/** A namespace that holds anything. */
export function anyData<T = unknown>(name: string, owner: string): NamespaceDefinition<T> {
  return defineNamespace({ name, owner, schema: z.custom<T>() });
}

/** A basket, as the code holds it that is to be replaced: so many of each product. */
export const basket = defineNamespace({
  name: 'basket',
  owner: 'shop',
  schema: z.object({ items: z.record(z.string(), z.number()), note: z.string().optional() }),
});

/**
 * The same basket, as the code holds it that replaces it: the note has become a message, and some items are wrapped,
 * of which the older code knows nothing.
 */
export const wrappedBasket = basket.next({
  schema: z.object({
    lines: z.record(z.string(), z.object({ quantity: z.number(), isWrapped: z.boolean() })),
    message: z.string().optional(),
  }),
  up: ({ items, note }, newer) => ({
    lines: mapped(items, (quantity, id) => ({ quantity, isWrapped: newer?.lines[id]?.isWrapped ?? false })),
    ...(note !== undefined && { message: note }),
  }),
  down: ({ lines, message }) => ({
    items: mapped(lines, ({ quantity }) => quantity),
    ...(message !== undefined && { note: message }),
  }),
});

function mapped<A, B>(
  record: Readonly<Record<string, A>>,
  to: (value: A, key: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value, key)]));
}
