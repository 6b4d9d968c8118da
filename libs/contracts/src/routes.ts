import { authRoutes } from './auth.js';
import { orderRoutes } from './order.js';
import type { RouteContract } from './route.js';
import { userRoutes } from './user.js';

/** Every row of the HTTP contract that a service answers, service by service. */
export const allRoutes: readonly RouteContract[] = [
  ...Object.values(authRoutes),
  ...Object.values(userRoutes),
  ...Object.values(orderRoutes),
];
