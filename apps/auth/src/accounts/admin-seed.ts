import type { AccountStore } from './account-store.js';
import type { Passwords } from './passwords.js';

/** The first administrator, from the configuration. */
export interface AdminCredentials {
  readonly email: string;
  readonly password: string;
}

/** Opens the administrator's account unless it is there. The finisher makes its profile once the user service is up. */
export async function seedAdmin(
  accounts: AccountStore,
  passwords: Passwords,
  { email, password }: AdminCredentials,
): Promise<void> {
  if ((await accounts.findByEmail(email)) !== undefined) return;
  const passwordHash = await passwords.hash(password);
  const account = { email, passwordHash, roles: ['user', 'admin'], displayName: 'Administrator' };
  const opened = await accounts.open(account);
  if (opened !== undefined) await accounts.releaseProfile(opened.id);
}
