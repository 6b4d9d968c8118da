/** The roles of accounts and sessions. A guest has no account; whoever has one is a `user`, whatever else it is. */
export const ROLES = ['guest', 'user', 'support', 'admin'] as const;

/** A role. */
export type Role = (typeof ROLES)[number];

type Holders = readonly [Role, ...Role[]];

const REGISTERED: Holders = ['user', 'support', 'admin'];

/**
 * Who may do what: each permission with the roles that give it, one of which is enough. The service that owns the
 * resource asks for it (`@Roles(...PERMISSIONS['orders:own'])`), and a spec per service walks its routes with every
 * role. No role inherits from another; `support` looks at accounts and changes nothing.
 */
export const PERMISSIONS = {
  /** Change how one signs in: step up, password, second factor. */
  'account:own': REGISTERED,
  /** See and change one's own profile. */
  'profile:own': REGISTERED,
  /** Place and see one's own orders. */
  'orders:own': REGISTERED,
  /** See anybody's profile. */
  'users:read': ['admin'],
  /** See who there is. */
  'users:list': ['admin'],
  /** See anybody's account: roles, second factor, disabled or not. */
  'accounts:view': ['support', 'admin'],
  /** Disable and enable accounts, change their roles, take a lost second factor off. */
  'accounts:manage': ['admin'],
  /** See and end anybody's sessions. */
  'sessions:manage': ['admin'],
  /** Replace the key that signs access tokens. */
  'keys:rotate': ['admin'],
  /** Read the audit trail, and what was found in it. */
  'audit:read': ['admin'],
  /** See the state of the processes' dependencies. */
  'health:read': ['admin'],
  /** See who runs, and what happens. */
  'platform:view': ['admin'],
  /** Drain processes; break them, where that is for development. */
  'platform:operate': ['admin'],
} as const satisfies Record<string, Holders>;

/** The name of a permission. */
export type Permission = keyof typeof PERMISSIONS;

/** Whether one of these roles gives a permission. Roles that the platform does not know give none. */
export function isPermitted(permission: Permission, roles: readonly string[]): boolean {
  const holders: readonly string[] = PERMISSIONS[permission];
  return roles.some((role) => holders.includes(role));
}
