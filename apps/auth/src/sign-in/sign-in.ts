import { randomUUID } from 'node:crypto';
import { CodedError } from '@holdfast/contracts';
import { SessionManager, type SessionClient, type SessionGrant } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { AccountStore, isUnanswered, type Account } from '../accounts/account-store.js';
import { Passwords } from '../accounts/passwords.js';
import { Profiles } from '../accounts/profiles.js';

/** What somebody signs in with. */
export interface SignInForm {
  readonly email: string;
  readonly password: string;
  readonly rememberMe: boolean;
}

/** Begins sessions for those who know their password. */
@Injectable()
export class SignIn {
  /** Stands for every account that is not there, so that it is looked up like one that is. */
  private readonly nobody = randomUUID();

  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: Passwords,
    private readonly profiles: Profiles,
    private readonly sessions: SessionManager,
  ) {}

  /** `ERR_CREDENTIALS`, the same whether the account is unknown, disabled or has another password. */
  async signIn({ email, password, rememberMe }: SignInForm, client: SessionClient): Promise<SessionGrant> {
    const named = await this.accounts.findByEmail(email);
    // What ends all sessions changes the account first: an epoch read before the account is read (again)
    // makes a sign-in with what held until then begin no session.
    const epoch = await this.sessions.epoch(named?.id ?? this.nobody);
    const account = await this.accounts.findByEmail(email);
    const isGenuine = await this.passwords.verify(account?.passwordHash, password);
    if (!isGenuine || account === undefined || account.disabledAt !== null || account.id !== named?.id) {
      throw new CodedError('ERR_CREDENTIALS', 'The e-mail or the password is wrong');
    }
    await this.finishRegistration(account);
    return this.sessions.begin({ userId: account.id, roles: account.roles, client, rememberMe, epoch });
  }

  private async finishRegistration(account: Account): Promise<void> {
    if (!isUnanswered(account)) return;
    await this.profiles.ensure(account);
    await this.accounts.acknowledge(account.id);
  }
}
