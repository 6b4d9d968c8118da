import { SessionManager } from '@holdfast/session-core';
import type { AuthServiceUnderTest } from './auth-service.js';

/** The manager of an instance, to do what no route does. */
export function managerOf({ instances }: Pick<AuthServiceUnderTest, 'instances'>): SessionManager {
  const manager = instances[0]?.app.get(SessionManager, { strict: false });
  if (manager === undefined) throw new Error('no instance runs');
  return manager;
}
