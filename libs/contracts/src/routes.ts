import { authRoutes } from './auth.js';
import { operationsRoutes } from './operations.js';
import { orderRoutes } from './order.js';
import type { RouteContract } from './route.js';
import { userRoutes } from './user.js';

/** Every row of the HTTP contract, service by service, and what the gateway answers itself. */
export const allRoutes: readonly RouteContract[] = [
  ...Object.values(authRoutes),
  ...Object.values(userRoutes),
  ...Object.values(orderRoutes),
  ...Object.values(operationsRoutes),
];
