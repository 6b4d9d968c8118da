import { CodedError } from '@holdfast/contracts';
import { SessionManager } from '@holdfast/session-core';
import { Injectable, Logger } from '@nestjs/common';
import { SessionEnds, type Receipt } from '../sessions/session-ends.js';
import { SignInThrottle } from '../throttling/sign-in-throttle.js';
import { accountNotFound } from './account-not-found.js';
import type { Account } from './account-store.js';
import { AdministrationStore, type Change } from './administration-store.js';

/**
 * What administrators do to accounts. Postgres is written first, then the sessions follow: who signs in between is
 * refused as the account stands. A repeat finishes what a session store that was away has left.
 */
@Injectable()
export class Administration {
  private readonly logger = new Logger(Administration.name);

  constructor(
    private readonly store: AdministrationStore,
    private readonly ends: SessionEnds,
    private readonly sessions: SessionManager,
    private readonly throttle: SignInThrottle,
  ) {}

  /** Ends every session, and nobody signs in any more. `ERR_NOT_FOUND`; `ERR_CONFLICT` for the last administrator. */
  async disable(id: string): Promise<Receipt> {
    accountOf(await this.store.disable(id));
    this.logger.log({ msg: 'Account disabled', userId: id });
    return this.ends.endAll(id, 'account-disabled');
  }

  /** Forgets its failed sign-ins as well: whoever guessed at it meanwhile locks nobody out. `ERR_NOT_FOUND` */
  async enable(id: string): Promise<Account> {
    const account = accountOf(await this.store.enable(id));
    await this.throttle.forget(account.email);
    this.logger.log({ msg: 'Account enabled', userId: id });
    return account;
  }

  /** All roles it has from now on, in its live sessions, too. `ERR_NOT_FOUND`; `ERR_CONFLICT` for the last administrator. */
  async changeRoles(id: string, roles: readonly string[]): Promise<Account> {
    const changed = accountOf(await this.store.changeRoles(id, roles));
    this.logger.log({ msg: 'Roles changed', userId: id, roles: changed.roles });
    await this.bringToSessions(changed);
    return changed;
  }

  /**
   * Of two changes at once, the one that Postgres took last may be the first to reach the sessions. So each looks again
   * after it has written them: whoever writes last writes what stands in Postgres.
   */
  private async bringToSessions({ id, roles }: Account): Promise<void> {
    await this.sessions.changeRoles(id, roles);
    const now = await this.store.find(id);
    if (now !== undefined && !isSame(now.roles, roles)) await this.bringToSessions(now);
  }
}

function accountOf(change: Change): Account {
  if (change.outcome === 'changed') return change.account;
  if (change.outcome === 'absent') throw accountNotFound();
  throw new CodedError(
    'ERR_CONFLICT',
    'This is the last administrator who is enabled: appoint another one first',
  );
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((role, n) => role === other[n]);
}
