import { Body, Controller, Delete, HttpCode, Post } from '@nestjs/common';
import { CodedError, PERMISSIONS, totpConfirmSchema } from '@holdfast/contracts';
import { CurrentSession, Roles, SessionPolicy, StepUp, type ActiveSession } from '@holdfast/session-nest';
import type { z } from 'zod';
import { AccountStore, type Account } from '../accounts/account-store.js';
import { accountNotFound } from '../accounts/account-not-found.js';
import { Notices } from '../mail/notices.js';
import { countedBySession } from '../throttling/session-counter.js';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { SecondFactor } from './second-factor.js';

/** One's own second factor. */
@StepUp()
@Roles(...PERMISSIONS['account:own'])
@SessionPolicy('critical')
@Controller('auth/totp')
export class TotpController {
  constructor(
    private readonly secondFactor: SecondFactor,
    private readonly accounts: AccountStore,
    private readonly notices: Notices,
    private readonly throttle: SignInThrottle,
  ) {}

  @Post()
  async begin(@CurrentSession() session: ActiveSession) {
    return this.secondFactor.begin(await this.accountOf(session));
  }

  @Post('confirm')
  @HttpCode(200)
  async confirm(
    @CurrentSession() session: ActiveSession,
    @Body({ schema: totpConfirmSchema }) { code }: z.output<typeof totpConfirmSchema>,
  ) {
    const account = await this.accountOf(session);
    const recoveryCodes = await this.throttle.attempt(countedBySession(session.sessionId), () =>
      this.secondFactor.confirm(account, code),
    );
    if (recoveryCodes === undefined) throw wrongCode();
    this.notices.secondFactorChanged(account.email, 'turned on');
    return { recoveryCodes };
  }

  @Post('recovery-codes')
  @HttpCode(200)
  async renewRecoveryCodes(@CurrentSession() session: ActiveSession) {
    const { id, email } = await this.accountOf(session);
    const recoveryCodes = await this.secondFactor.renewRecoveryCodes(id);
    this.notices.secondFactorChanged(email, 'given new recovery codes');
    return { recoveryCodes };
  }

  @Delete()
  @HttpCode(204)
  async remove(@CurrentSession() session: ActiveSession): Promise<void> {
    const { id, email } = await this.accountOf(session);
    if (await this.secondFactor.remove(id)) this.notices.secondFactorChanged(email, 'turned off');
  }

  private async accountOf({ userId }: ActiveSession): Promise<Account> {
    const account = await this.accounts.findById(userId);
    if (account === undefined) throw accountNotFound();
    return account;
  }
}

function wrongCode(): CodedError {
  const message = 'is not the code that the app shows now';
  return new CodedError('ERR_VALIDATION', 'The code does not match the key that was begun.', {
    errors: [{ path: 'code', message }],
  });
}
