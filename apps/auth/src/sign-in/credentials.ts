import { CodedError } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { AccountStore, type Account } from '../accounts/account-store.js';
import { Passwords } from '../accounts/passwords.js';
import { SecondFactor } from '../second-factor/second-factor.js';

/** What somebody shows: the password, and where the account has a second factor, its code. */
export interface ShownCredentials {
  readonly password: string;
  /** A one-time code or a recovery code. */
  readonly code?: string | undefined;
}

/** An account whose credentials were shown. */
export interface Proof {
  readonly account: Account;
  /** Whether the second factor was among them. */
  readonly hasSecondFactor: boolean;
}

/** Judges what is shown for an account. */
@Injectable()
export class Credentials {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: Passwords,
    private readonly secondFactor: SecondFactor,
  ) {}

  /**
   * `undefined` for anything that is wrong: an account that is unknown or disabled, the password, the code. Costs the
   * same up to the password, whatever it is. `ERR_STEP_UP_REQUIRED` if all that is missing is a code.
   *
   * @param before - what was proven a moment ago: what holds still is neither hashed nor asked for again
   */
  async prove(
    account: Account | undefined,
    { password, code }: ShownCredentials,
    before?: Proof,
  ): Promise<Proof | undefined> {
    const isUnchanged = before !== undefined && account?.passwordHash === before.account.passwordHash;
    const isGenuine = isUnchanged || (await this.passwords.verify(account?.passwordHash, password));
    if (!isGenuine || account === undefined || account.disabledAt !== null) return undefined;
    // A code is good once: whoever has shown it need not have another.
    if (before?.hasSecondFactor) return { account, hasSecondFactor: true };
    const verdict = await this.secondFactor.verify(account, code);
    if (verdict === 'wrong') return undefined;
    if (verdict === 'missing') throw codeMissing();
    return { account: await this.rehashed(account, password), hasSecondFactor: verdict === 'ok' };
  }

  /** Brings a hash of former parameters up to today's, now that the password is known, unless it was changed meanwhile. */
  private async rehashed(account: Account, password: string): Promise<Account> {
    if (!this.passwords.needsRehash(account.passwordHash)) return account;
    const passwordHash = await this.passwords.hash(password);
    const isUpdated = await this.accounts.updateHash(account.id, account.passwordHash, passwordHash);
    return isUpdated ? { ...account, passwordHash } : account;
  }
}

function codeMissing(): CodedError {
  const detail =
    'The account has a second factor: send the same again with its `code`, or with a recovery code';
  return new CodedError('ERR_STEP_UP_REQUIRED', detail);
}
