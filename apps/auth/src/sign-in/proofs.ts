import { randomUUID } from 'node:crypto';
import { CodedError } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { AccountStore } from '../accounts/account-store.js';
import type { Visitor } from '../sessions/visitor.js';
import { countedBySession } from '../throttling/session-counter.js';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { Credentials, type Proof, type ShownCredentials } from './credentials.js';

/** What somebody signs in with. */
export interface SignInForm extends ShownCredentials {
  readonly email: string;
}

/** A proof, and the account's epoch from before it: what ends all sessions after that ends one that begins with it. */
export interface EpochProof extends Proof {
  readonly epoch: number;
}

/** Lets those through who prove to be the owner of an account. */
@Injectable()
export class Proofs {
  /** Stands for every account that is not there, so that it is looked up like one that is. */
  private readonly nobody = randomUUID();

  constructor(
    private readonly accounts: AccountStore,
    private readonly credentials: Credentials,
    private readonly throttle: SignInThrottle,
    private readonly sessions: SessionManager,
  ) {}

  /**
   * `ERR_CREDENTIALS`, the same whether the account is unknown, disabled or has another password or code;
   * `ERR_RATE_LIMITED` after too many failures, whatever is shown.
   */
  async first(form: SignInForm, visitor: Visitor): Promise<EpochProof> {
    const who = await this.countedAs(form, visitor);
    return demanded(await this.throttle.attempt(who, () => this.prove(form)));
  }

  /** Proves once more, after the sessions of the account were ended meanwhile: it may not be what it was. */
  async again(form: SignInForm, before: EpochProof): Promise<EpochProof> {
    return demanded(await this.prove(form, before));
  }

  private async countedAs({ email }: SignInForm, { client, session }: Visitor) {
    const own = session && (await this.accounts.findById(session.userId));
    return session && own?.email === email
      ? countedBySession(session.sessionId)
      : { account: email, address: client.ip };
  }

  private async prove(form: SignInForm, before?: EpochProof): Promise<EpochProof | undefined> {
    const named = before?.account ?? (await this.accounts.findByEmail(form.email));
    // What ends all sessions changes the account first: an epoch read before the account is read (again)
    // makes a sign-in with what held until then begin no session.
    const epoch = await this.sessions.epoch(named?.id ?? this.nobody);
    const account = await this.accounts.findByEmail(form.email);
    const isSame = account?.id === named?.id;
    const proof = await this.credentials.prove(isSame ? account : undefined, form, before);
    return proof && { ...proof, epoch };
  }
}

function demanded<T>(proof: T | undefined): T {
  if (proof !== undefined) return proof;
  throw new CodedError('ERR_CREDENTIALS', 'The e-mail, the password or the code is wrong');
}
