import { preferencesSchema } from '@holdfast/contracts';
import { defineNamespace } from '@holdfast/session-core';
import { cartStateSchema } from './cart-state.js';

/** The carts, which this service writes. */
export const cartNamespace = defineNamespace({ name: 'order', owner: 'order', schema: cartStateSchema });

/** What of the user service's namespace is read here: its version 1, for as long as that service keeps a copy of it. */
export const preferencesNamespace = defineNamespace({
  name: 'user',
  owner: 'user',
  schema: preferencesSchema,
});
