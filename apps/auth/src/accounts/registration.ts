import { CodedError } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { AccountStore, isUnanswered, type Account, type UnansweredAccount } from './account-store.js';
import { Passwords } from './passwords.js';
import { Profiles } from './profiles.js';

/** What somebody registers with. */
export interface RegistrationForm {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** A registered account, as the answer shows it. */
export interface Registered {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly string[];
}

/** Opens accounts. When it answers, the profile exists. */
@Injectable()
export class Registration {
  constructor(
    private readonly accounts: AccountStore,
    private readonly passwords: Passwords,
    private readonly profiles: Profiles,
    private readonly throttle: SignInThrottle,
  ) {}

  /**
   * `ERR_VALIDATION` for a password that is guessed first; `ERR_CONFLICT` if the e-mail is taken;
   * `ERR_UPSTREAM_UNAVAILABLE` if a repeat has to finish it; `ERR_RATE_LIMITED` if too many wrong passwords tried to.
   *
   * @param address - who asks
   */
  async register(form: RegistrationForm, address: string): Promise<Registered> {
    this.passwords.check(form.password, form.email, 'password');
    const existing = await this.accounts.findByEmail(form.email);
    if (existing !== undefined) return this.resume(existing, form.password, address);

    const { email, displayName, password } = form;
    const passwordHash = await this.passwords.hash(password);
    const opened = await this.accounts.open({ email, displayName, passwordHash, roles: ['user'] });
    if (opened === undefined) return this.register(form, address);
    await this.profiles.make(opened);
    return this.answer(opened);
  }

  /**
   * An unanswered account belongs to whoever knows its password: its registration was cut off half-way. The first
   * administrator's is one until they sign in, so a wrong password counts as in a sign-in.
   */
  private async resume(account: Account, password: string, address: string): Promise<Registered> {
    if (!isUnanswered(account)) throw taken();
    const isOwner = () => this.passwords.verify(account.passwordHash, password);
    const proven = await this.throttle.attempt(
      { account: account.email, address },
      async () => (await isOwner()) || undefined,
    );
    if (proven === undefined) throw taken();
    await this.profiles.ensure(account);
    return this.answer(account);
  }

  /** Of parallel registrations exactly one is answered with the account. */
  private async answer(account: UnansweredAccount): Promise<Registered> {
    if (!(await this.accounts.acknowledge(account.id))) throw taken();
    const { id, email, roles, registrationDisplayName } = account;
    return { id, email, displayName: registrationDisplayName, roles };
  }
}

function taken(): CodedError {
  return new CodedError('ERR_CONFLICT', 'An account with this e-mail exists already');
}
