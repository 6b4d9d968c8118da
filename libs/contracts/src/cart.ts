import { z } from 'zod';
import { route, type RouteContract } from './route.js';

/** A product's id: 1 to 64 characters that need no escaping in a path. */
export const productIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,64}$/, 'is not a product id')
  .meta({ description: 'Product id.', examples: ['espresso-cup'] });

/** A product. `priceMinor`: in the currency's minor unit (cents). */
export const productSchema = z
  .object({
    id: productIdSchema,
    name: z.string(),
    priceMinor: z.int().min(0),
    currency: z.string(),
  })
  .meta({
    id: 'Product',
    examples: [{ id: 'espresso-cup', name: 'Espresso cup', priceMinor: 1450, currency: 'EUR' }],
  });

/** Answer of `GET /products`. */
export const productListSchema = z.object({ products: z.array(productSchema) }).meta({ id: 'ProductList' });

/** The cart of a session. `version` grows with each change; `locale` and `currency` are the session's preferences, `null` if it has none. */
export const cartSchema = z
  .object({
    items: z.array(z.object({ productId: productIdSchema, quantity: z.int().min(1).max(99) })),
    version: z.int().min(0),
    locale: z.string().nullable(),
    currency: z.string().nullable(),
  })
  .meta({
    id: 'Cart',
    examples: [
      { items: [{ productId: 'espresso-cup', quantity: 2 }], version: 3, locale: 'de-CH', currency: 'CHF' },
    ],
  });

/** Path of a cart's item. */
export const cartItemParams = z.strictObject({ productId: productIdSchema });

/** Body of `PUT /cart/items/:productId`. 0 takes the item out. */
export const setQuantityBody = z
  .strictObject({ quantity: z.int().min(0).max(99) })
  .meta({ id: 'SetQuantity', examples: [{ quantity: 2 }] });

/** Body of `POST /cart/items/:productId/add`. */
export const addQuantityBody = z
  .strictObject({ by: z.int().min(-99).max(99) })
  .meta({ id: 'AddQuantity', examples: [{ by: 1 }] });

/** A product. */
export type Product = z.output<typeof productSchema>;
/** The cart of a session, as clients see it. */
export type Cart = z.output<typeof cartSchema>;
/** The validated path of a cart's item. */
export type CartItemParams = z.output<typeof cartItemParams>;
/** A validated body of `PUT /cart/items/:productId`. */
export type SetQuantity = z.output<typeof setQuantityBody>;
/** A validated body of `POST /cart/items/:productId/add`. */
export type AddQuantity = z.output<typeof addQuantityBody>;

const theCart = { 200: { description: 'The cart.', schema: cartSchema } } as const;

/** The order service's routes of catalogue and cart. */
export const cartRoutes = {
  listProducts: route({
    service: 'order',
    method: 'GET',
    path: '/products',
    summary: 'What can be bought',
    access: 'public',
    priority: 'low',
    responses: { 200: { description: 'All products.', schema: productListSchema } },
    errors: [],
  }),
  readCart: route({
    service: 'order',
    method: 'GET',
    path: '/cart',
    summary: 'What is in the cart',
    access: 'session',
    responses: theCart,
    errors: [],
  }),
  setQuantity: route({
    service: 'order',
    method: 'PUT',
    path: '/cart/items/:productId',
    summary: 'Say how many of a product are in the cart',
    access: 'session',
    params: cartItemParams,
    body: { type: 'application/json', schema: setQuantityBody },
    responses: theCart,
    errors: ['ERR_NOT_FOUND', 'ERR_SESSION_DATA_TOO_LARGE'],
  }),
  addQuantity: route({
    service: 'order',
    method: 'POST',
    path: '/cart/items/:productId/add',
    summary: 'Put some more of a product in the cart, or some less; the quantity stays within 0 to 99',
    access: 'session',
    params: cartItemParams,
    body: { type: 'application/json', schema: addQuantityBody },
    responses: theCart,
    errors: ['ERR_NOT_FOUND', 'ERR_SESSION_DATA_TOO_LARGE'],
  }),
} as const satisfies Record<string, RouteContract>;
