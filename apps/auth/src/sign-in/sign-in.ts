import { randomUUID } from 'node:crypto';
import { CodedError } from '@holdfast/contracts';
import {
  SessionEndedError,
  SessionManager,
  type SessionClient,
  type SessionGrant,
} from '@holdfast/session-core';
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

/** An account whose password was shown, and its epoch from before that. */
interface Proof {
  readonly account: Account;
  readonly epoch: number;
}

/** A logout everywhere that comes in between is met once; only an endless row of them is met so often. */
const ATTEMPTS = 5;

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

  /**
   * `ERR_CREDENTIALS`, the same whether the account is unknown, disabled or has another password. What ends all
   * sessions meanwhile ends this one too: it is begun again, for as long as the account lets it.
   */
  async signIn(form: SignInForm, client: SessionClient): Promise<SessionGrant> {
    let proof: Proof | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      proof = await this.prove(form, proof);
      const { account, epoch } = proof;
      await this.finishRegistration(account);
      const input = { userId: account.id, roles: account.roles, client, rememberMe: form.rememberMe, epoch };
      try {
        return await this.sessions.begin(input);
      } catch (error) {
        if (!(error instanceof SessionEndedError)) throw error;
      }
    }
    const detail = 'The sessions of this account are being ended; sign in again';
    throw new CodedError('ERR_OVERLOADED', detail, { retryAfterSeconds: 1 });
  }

  /** @param before - what was proven a moment ago: a password that still has the same hash is not hashed again */
  private async prove({ email, password }: SignInForm, before?: Proof): Promise<Proof> {
    const named = before?.account ?? (await this.accounts.findByEmail(email));
    // What ends all sessions changes the account first: an epoch read before the account is read (again)
    // makes a sign-in with what held until then begin no session.
    const epoch = await this.sessions.epoch(named?.id ?? this.nobody);
    const account = await this.accounts.findByEmail(email);
    const isUnchanged = before !== undefined && account?.passwordHash === before.account.passwordHash;
    const isGenuine = isUnchanged || (await this.passwords.verify(account?.passwordHash, password));
    if (!isGenuine || account === undefined || account.disabledAt !== null || account.id !== named?.id) {
      throw new CodedError('ERR_CREDENTIALS', 'The e-mail or the password is wrong');
    }
    return { account, epoch };
  }

  private async finishRegistration(account: Account): Promise<void> {
    if (!isUnanswered(account)) return;
    await this.profiles.ensure(account);
    await this.accounts.acknowledge(account.id);
  }
}
