import { CodedError } from '@holdfast/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { SessionEnds, type Receipt } from '../sessions/session-ends.js';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { accountNotFound } from './account-not-found.js';
import type { Account } from './account-store.js';
import { AdministrationStore, type Change } from './administration-store.js';

/**
 * What administrators do to accounts. It is written to Postgres together with what becomes of the sessions, which then
 * follow: who signs in between is refused as the account stands, and what a crash or a session store that is away
 * leaves of it is finished from the ledger, or by a repeat.
 */
@Injectable()
export class Administration {
  private readonly logger = new Logger(Administration.name);

  constructor(
    private readonly store: AdministrationStore,
    private readonly ends: SessionEnds,
    private readonly throttle: SignInThrottle,
  ) {}

  /** Ends every session, and nobody signs in any more. `ERR_NOT_FOUND`; `ERR_CONFLICT` for the last administrator. */
  async disable(id: string): Promise<Receipt> {
    const { entry } = changedBy(await this.store.disable(id));
    this.logger.log({ msg: 'Account disabled', userId: id });
    return this.ends.carryOut(entry);
  }

  /** Forgets its failed sign-ins as well: whoever guessed at it meanwhile locks nobody out. `ERR_NOT_FOUND` */
  async enable(id: string): Promise<Account> {
    const { account } = changedBy(await this.store.enable(id));
    await this.throttle.forget(account.email);
    this.logger.log({ msg: 'Account enabled', userId: id });
    return account;
  }

  /** All roles it has from now on, in its live sessions, too: of changes at once the last one. `ERR_NOT_FOUND`; `ERR_CONFLICT` for the last administrator. */
  async changeRoles(id: string, roles: readonly string[]): Promise<Account> {
    const { account, entry } = changedBy(await this.store.changeRoles(id, roles));
    this.logger.log({ msg: 'Roles changed', userId: id, roles: account.roles });
    await this.ends.carryOut(entry);
    return account;
  }
}

function changedBy<C>(change: Change<C>): C {
  if (change.outcome === 'changed') return change;
  if (change.outcome === 'absent') throw accountNotFound();
  throw new CodedError(
    'ERR_CONFLICT',
    'This is the last administrator who is enabled: appoint another one first',
  );
}
