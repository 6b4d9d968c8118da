import { z } from 'zod';
import { cartRoutes, productIdSchema } from './cart.js';
import { nextCursor, pageQuery } from './pagination.js';
import { route, type RouteContract } from './route.js';

/** How long an `Idempotency-Key` is remembered, in milliseconds: 24 h. */
export const IDEMPOTENCY_WINDOW_MS = 24 * 60 * 60 * 1000;

/**
 * `Idempotency-Key` of `POST /orders`: 1 to 64 visible ASCII characters without a space, so that two
 * headers, which HTTP joins by a comma and a space, are never taken for one key.
 */
export const idempotencyKeySchema = z
  .string('is required')
  .regex(/^[\x21-\x7e]{1,64}$/, 'must be 1 to 64 visible ASCII characters')
  .meta({ description: 'Names this attempt. The same key within 24 h gives the same order.' });

/** Headers of `POST /orders`. */
export const placeOrderHeaders = z.object({ 'idempotency-key': idempotencyKeySchema });

/** Body of `POST /orders`: may be left out. `cartVersion`: order only if the cart still is this version. */
export const placeOrderBody = z
  .strictObject({ cartVersion: z.int().min(0).optional() })
  .meta({ id: 'PlaceOrder', examples: [{ cartVersion: 3 }] });

/** An order. It never changes: names and prices are those of the moment; amounts in the currency's minor unit. */
export const orderSchema = z
  .object({
    id: z.uuid(),
    items: z.array(
      z.object({
        productId: productIdSchema,
        name: z.string(),
        quantity: z.int().min(1).max(99),
        priceMinor: z.int().min(0),
      }),
    ),
    totalMinor: z.int().min(0),
    currency: z.string(),
    createdAt: z.iso.datetime(),
  })
  .meta({
    id: 'Order',
    examples: [
      {
        id: '0b7c1f6e-2f5b-4b6e-8a39-8f1b1d1f3c55',
        items: [{ productId: 'espresso-cup', name: 'Espresso cup', quantity: 2, priceMinor: 1450 }],
        totalMinor: 2900,
        currency: 'EUR',
        createdAt: '2026-11-21T09:30:00.000Z',
      },
    ],
  });

/** A page of orders, newest first. */
export const orderPageSchema = z
  .object({ orders: z.array(orderSchema), nextCursor })
  .meta({ id: 'OrderPage' });

/** Path of an order. */
export const orderParams = z.strictObject({ id: z.uuid() });

/** A validated body of `POST /orders`. */
export type PlaceOrder = z.output<typeof placeOrderBody>;
/** An order. */
export type Order = z.output<typeof orderSchema>;
/** A page of orders. */
export type OrderPage = z.output<typeof orderPageSchema>;
/** The validated path of an order. */
export type OrderParams = z.output<typeof orderParams>;

/** The order service's public routes. */
export const orderRoutes = {
  ...cartRoutes,
  placeOrder: route({
    service: 'order',
    method: 'POST',
    path: '/orders',
    summary: 'Order what is in the cart, exactly once for each Idempotency-Key',
    access: 'orders:own',
    policy: 'critical',
    headers: placeOrderHeaders,
    body: { type: 'application/json', schema: placeOrderBody, required: false },
    responses: { 201: { description: 'The order; the same for the same key.', schema: orderSchema } },
    errors: ['ERR_CONFLICT', 'ERR_SESSION_DATA_TOO_LARGE'],
  }),
  listOrders: route({
    service: 'order',
    method: 'GET',
    path: '/orders',
    summary: 'My orders, newest first',
    access: 'orders:own',
    query: pageQuery,
    responses: { 200: { description: 'A page of orders.', schema: orderPageSchema } },
    errors: [],
  }),
  readOrder: route({
    service: 'order',
    method: 'GET',
    path: '/orders/:id',
    summary: 'One of my orders',
    access: 'orders:own',
    params: orderParams,
    responses: { 200: { description: 'The order.', schema: orderSchema } },
    errors: ['ERR_NOT_FOUND'],
  }),
} as const satisfies Record<string, RouteContract>;
