import type { OnModuleInit } from '@nestjs/common';
import type { AccountStore } from './account-store.js';
import type { Passwords } from './passwords.js';

/** The first administrator, from the configuration. */
export interface AdminCredentials {
  readonly email: string;
  readonly password: string;
}

/** Opens the administrator's account unless it is there. The finisher makes its profile once the user service is up. */
export class AdminSeed implements OnModuleInit {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: Passwords,
    private readonly admin: AdminCredentials | undefined,
  ) {}

  async onModuleInit(): Promise<void> {
    if (this.admin === undefined) return;
    const { email, password } = this.admin;
    if ((await this.accounts.findByEmail(email)) !== undefined) return;
    const passwordHash = await this.passwords.hash(password);
    const account = { email, passwordHash, roles: ['user', 'admin'], displayName: 'Administrator' };
    const opened = await this.accounts.open(account);
    if (opened !== undefined) await this.accounts.releaseProfile(opened.id);
  }
}
