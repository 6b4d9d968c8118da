import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { accountsLookupBody, type AccountsLookupAnswer } from '@holdfast/contracts';
import { Internal } from '@holdfast/session-nest';
import type { z } from 'zod';
import { AccountStore } from './account-store.js';

/** For the user service only: the gateway does not lead here. */
@Internal('user')
@Controller('internal/accounts')
export class InternalAccountsController {
  constructor(private readonly accounts: AccountStore) {}

  /** Whose roles are which; ids of no account are left out. */
  @Post('lookup')
  @HttpCode(200)
  async lookup(
    @Body({ schema: accountsLookupBody }) { ids }: z.output<typeof accountsLookupBody>,
  ): Promise<AccountsLookupAnswer> {
    const accounts = await this.accounts.findAllById(ids);
    return { accounts: accounts.map(({ id, roles }) => ({ id, roles })) };
  }
}
