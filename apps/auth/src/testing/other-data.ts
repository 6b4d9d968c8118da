import { defineNamespace } from '@holdfast/session-core';
import { z } from 'zod';

/** What other services keep in a session. The owner is auth here, so that its own session manager may write it. */
export const orderData = defineNamespace({ name: 'order', owner: 'auth', schema: z.unknown() });
export const userData = defineNamespace({ name: 'user', owner: 'auth', schema: z.unknown() });
