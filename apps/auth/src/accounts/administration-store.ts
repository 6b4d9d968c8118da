import type { LedgerEntry, Revocation } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { and, eq, isNull, or, sql } from 'drizzle-orm';
import { noteIn } from '../audit/outbox.js';
import { Database, type Transaction } from '../db/database.js';
import { passwordResets, users } from '../db/schema.js';
import { recordIn } from '../ledger/recording.js';
import type { Account } from './account-store.js';

/** What came of a change to an account. `last-administrator`: nobody could undo it. */
export type Change<C = { readonly account: Account }> =
  ({ readonly outcome: 'changed' } & C) | { readonly outcome: 'absent' | 'last-administrator' };

/** An account that was changed, and what the ledger has of it, to be carried out. */
export interface ChangedAccount {
  readonly account: Account;
  readonly entry: LedgerEntry;
}

/** Never one that was given before, also where the database was restored to an older state: then the clock goes on. */
const nextAuthzVersion = sql`greatest(${users.authzVersion} + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint)`;

const isEnabledAdministrator = and(sql`'admin' = ANY(${users.roles})`, isNull(users.disabledAt));

/** Changes of accounts by administrators, in Postgres. A repeat changes nothing and answers the same. */
@Injectable()
export class AdministrationStore {
  constructor(private readonly database: Database) {}

  /** Disables an account; its outstanding password resets are void, and all its sessions are over. */
  disable(id: string): Promise<Change<ChangedAccount>> {
    return this.database.transaction(async (transaction) => {
      if (await isLastAdministrator(transaction, id)) return { outcome: 'last-administrator' };
      const disabledAt = sql`coalesce(${users.disabledAt}, now())`;
      const [account] = await transaction
        .update(users)
        .set({ disabledAt })
        .where(eq(users.id, id))
        .returning();
      await transaction.delete(passwordResets).where(eq(passwordResets.userId, id));
      if (account) await noteIn(transaction, { type: 'account-disabled', userId: id });
      return changed(transaction, account, { kind: 'user', userId: id, because: 'account-disabled' });
    });
  }

  enable(id: string): Promise<Change> {
    return this.database.transaction(async (transaction) => {
      const [account] = await transaction
        .update(users)
        .set({ disabledAt: null })
        .where(eq(users.id, id))
        .returning();
      if (account === undefined) return { outcome: 'absent' };
      await noteIn(transaction, { type: 'account-enabled', userId: id });
      return { outcome: 'changed', account };
    });
  }

  /** Of changes at the same time the one that is written last has the highest version. */
  changeRoles(id: string, roles: readonly string[]): Promise<Change<ChangedAccount>> {
    return this.database.transaction(async (transaction) => {
      if (!roles.includes('admin') && (await isLastAdministrator(transaction, id)))
        return { outcome: 'last-administrator' };
      const [account] = await transaction
        .update(users)
        .set({ roles: [...roles], authzVersion: nextAuthzVersion })
        .where(eq(users.id, id))
        .returning();
      const detail = { roles: roles.join(' ') };
      if (account) await noteIn(transaction, { type: 'roles-changed', userId: id, detail });
      return changed(transaction, account, { kind: 'roles', userId: id });
    });
  }
}

/**
 * Locks all administrators: two who take each other's office away take turns, and the second finds itself alone. The
 * account as well, and all in one order: whoever is made an administrator meanwhile holds nobody up for ever.
 */
async function isLastAdministrator(transaction: Transaction, id: string): Promise<boolean> {
  const locked = await transaction
    .select({ id: users.id, isAdministrator: sql<boolean>`${isEnabledAdministrator}` })
    .from(users)
    .where(or(isEnabledAdministrator, eq(users.id, id)))
    .orderBy(users.id)
    .for('update');
  const administrators = locked.filter(({ isAdministrator }) => isAdministrator);
  return administrators.length === 1 && administrators[0]?.id === id;
}

async function changed(
  transaction: Transaction,
  account: Account | undefined,
  revocation: Revocation,
): Promise<Change<ChangedAccount>> {
  if (account === undefined) return { outcome: 'absent' };
  return { outcome: 'changed', account, entry: await recordIn(transaction, revocation) };
}
