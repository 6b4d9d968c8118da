import type { User } from '@holdfast/contracts';
import type { Profile } from './profiles.js';

/** A user, as the HTTP contract shows one. Roles are no part of a profile: whoever shows it knows them. */
export function userView(profile: Profile, roles: readonly string[]): User {
  const { id, email, displayName, createdAt, version } = profile;
  return { id, email, displayName, roles: [...roles], createdAt: createdAt.toISOString(), version };
}
