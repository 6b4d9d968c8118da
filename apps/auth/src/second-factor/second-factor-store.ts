import { Injectable } from '@nestjs/common';
import { and, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { noteIn } from '../audit/outbox.js';
import { Database, type Transaction } from '../db/database.js';
import { recoveryCodes, users } from '../db/schema.js';

/** Second factors in Postgres. Each change is one statement or transaction: of two at once, one finds nothing to do. */
@Injectable()
export class SecondFactorStore {
  constructor(private readonly database: Database) {}

  /** Keeps a key that does not count yet, in place of an earlier one; `false` if one counts already. */
  async begin(userId: string, totpSealed: string): Promise<boolean> {
    const begun = await this.database.orm
      .update(users)
      .set({ totpSealed, totpLastStep: null })
      .where(and(eq(users.id, userId), isNull(users.totpConfirmedAt)))
      .returning({ id: users.id });
    return begun.length > 0;
  }

  /** Lets the key count from now on, its step used; `false` if it does already, or is another one by now. */
  confirm(userId: string, totpSealed: string, step: number, codeHashes: readonly string[]): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      const confirmed = await transaction
        .update(users)
        .set({ totpConfirmedAt: sql`now()`, totpLastStep: step })
        .where(and(eq(users.id, userId), eq(users.totpSealed, totpSealed), isNull(users.totpConfirmedAt)))
        .returning({ id: users.id });
      if (confirmed.length === 0) return false;
      await replaceCodes(transaction, userId, codeHashes);
      await noteIn(transaction, { type: 'second-factor-on', userId });
      return true;
    });
  }

  /** Uses a step up; `false` if it, or a later one, was used before, on whichever instance. */
  async useStep(userId: string, totpSealed: string, step: number): Promise<boolean> {
    const used = await this.database.orm
      .update(users)
      .set({ totpLastStep: step })
      .where(
        and(
          eq(users.id, userId),
          eq(users.totpSealed, totpSealed),
          isNotNull(users.totpConfirmedAt),
          or(isNull(users.totpLastStep), lt(users.totpLastStep, step)),
        ),
      )
      .returning({ id: users.id });
    return used.length > 0;
  }

  /** Uses a recovery code up; `false` if there is none such, or it was used before. */
  async useCode(userId: string, codeHash: string): Promise<boolean> {
    const used = await this.database.orm
      .update(recoveryCodes)
      .set({ usedAt: sql`now()` })
      .where(
        and(
          eq(recoveryCodes.userId, userId),
          eq(recoveryCodes.codeHash, codeHash),
          isNull(recoveryCodes.usedAt),
        ),
      )
      .returning({ userId: recoveryCodes.userId });
    return used.length > 0;
  }

  /** Replaces all recovery codes; `false` without a second factor that counts. */
  renewCodes(userId: string, codeHashes: readonly string[]): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      const [account] = await transaction
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.id, userId), isNotNull(users.totpConfirmedAt)))
        .for('update');
      if (account === undefined) return false;
      await replaceCodes(transaction, userId, codeHashes);
      await noteIn(transaction, { type: 'recovery-codes-renewed', userId });
      return true;
    });
  }

  /** Takes the second factor off, with all of its codes; `false` if there was none. */
  remove(userId: string): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      const removed = await transaction
        .update(users)
        .set({ totpSealed: null, totpConfirmedAt: null, totpLastStep: null })
        .where(and(eq(users.id, userId), isNotNull(users.totpSealed)))
        .returning({ id: users.id });
      await transaction.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
      if (removed.length > 0) await noteIn(transaction, { type: 'second-factor-off', userId });
      return removed.length > 0;
    });
  }
}

async function replaceCodes(transaction: Transaction, userId: string, hashes: readonly string[]) {
  await transaction.delete(recoveryCodes).where(eq(recoveryCodes.userId, userId));
  await transaction.insert(recoveryCodes).values(hashes.map((codeHash) => ({ userId, codeHash })));
}
