import { Injectable } from '@nestjs/common';
import type { Account } from '../accounts/account-store.js';
import { Passwords } from '../accounts/passwords.js';
import { Notices } from '../mail/notices.js';
import { SessionEnds, type Receipt } from '../sessions/session-ends.js';
import { PasswordStore } from './password-store.js';

/** Changing one's password. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly passwords: Passwords,
    private readonly store: PasswordStore,
    private readonly ends: SessionEnds,
    private readonly notices: Notices,
  ) {}

  /**
   * Sets the password; outstanding resets are void, and every session but one ends. `ERR_VALIDATION` for one that is
   * guessed first. The same password again is no fault.
   */
  async change({ id, email }: Account, newPassword: string, keepSessionId: string): Promise<Receipt> {
    this.passwords.check(newPassword, email, 'newPassword');
    const entry = await this.store.change(id, await this.passwords.hash(newPassword), keepSessionId);
    this.notices.passwordChanged(email);
    return this.ends.carryOut(entry);
  }
}
