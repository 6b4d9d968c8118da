import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { PERMISSIONS, userIdPath, type UserIdPath } from '@holdfast/contracts';
import { Roles, SessionPolicy, StepUp } from '@holdfast/session-nest';
import { accountNotFound } from '../accounts/account-not-found.js';
import { AccountStore } from '../accounts/account-store.js';
import { Notices } from '../mail/notices.js';
import { SecondFactor } from './second-factor.js';

/** Other people's second factors: all that anybody can do about one is take it off, when it is lost. */
@StepUp()
@Roles(...PERMISSIONS['accounts:manage'])
@SessionPolicy('critical')
@Controller('auth/users/:id/totp')
export class AccountTotpController {
  constructor(
    private readonly secondFactor: SecondFactor,
    private readonly accounts: AccountStore,
    private readonly notices: Notices,
  ) {}

  @Delete()
  @HttpCode(204)
  async remove(@Param({ schema: userIdPath }) { id }: UserIdPath): Promise<void> {
    const account = await this.accounts.findById(id);
    if (account === undefined) throw accountNotFound();
    if (await this.secondFactor.remove(id)) {
      this.notices.secondFactorChanged(account.email, 'turned off by an administrator');
    }
  }
}
