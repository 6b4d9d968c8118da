import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { passwordSchema, PERMISSIONS } from '@holdfast/contracts';
import { CurrentSession, Roles, SessionPolicy, StepUp, type ActiveSession } from '@holdfast/session-nest';
import type { z } from 'zod';
import { accountNotFound } from '../accounts/account-not-found.js';
import { AccountStore } from '../accounts/account-store.js';
import { PasswordChange } from './password-change.js';

/** One's own password. The step-up has proved the old one. */
@StepUp()
@Roles(...PERMISSIONS['account:own'])
@SessionPolicy('critical')
@Controller('auth/password')
export class PasswordController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwordChange: PasswordChange,
  ) {}

  @Post()
  @HttpCode(200)
  async change(
    @CurrentSession() { userId, sessionId }: ActiveSession,
    @Body({ schema: passwordSchema }) { newPassword }: z.output<typeof passwordSchema>,
  ) {
    const account = await this.accounts.findById(userId);
    if (account === undefined) throw accountNotFound();
    return this.passwordChange.change(account, newPassword, sessionId);
  }
}
