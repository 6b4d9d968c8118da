import { Injectable } from '@nestjs/common';
import { AccountStore, isUnanswered, type Account } from '../accounts/account-store.js';
import { Profiles } from '../accounts/profiles.js';

/** Finishes a registration that nobody was told to have succeeded: who signs in knows that it did. */
@Injectable()
export class LateRegistration {
  constructor(
    private readonly accounts: AccountStore,
    private readonly profiles: Profiles,
  ) {}

  async finish(account: Account): Promise<void> {
    if (!isUnanswered(account)) return;
    await this.profiles.ensure(account);
    await this.accounts.acknowledge(account.id);
  }
}
