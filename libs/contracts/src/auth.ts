import { accountRoutes } from './account-routes.js';
import { administrationRoutes } from './administration.js';
import { auditRoutes } from './audit.js';
import { oauthRoutes } from './oauth-routes.js';
import type { RouteContract } from './route.js';
import { secondFactorRoutes } from './second-factor.js';
import { sessionRoutes } from './sessions.js';
import { signInRoutes } from './sign-in.js';

/** The auth service's rows of the HTTP contract. */
export const authRoutes = {
  ...accountRoutes,
  ...signInRoutes,
  ...secondFactorRoutes,
  ...oauthRoutes,
  ...sessionRoutes,
  ...administrationRoutes,
  ...auditRoutes,
} as const satisfies Record<string, RouteContract>;
