import type { LedgerEntry } from '@holdfast/session-core';
import { Injectable } from '@nestjs/common';
import { and, eq, gt, isNull, lt, ne, or, sql } from 'drizzle-orm';
import type { Account } from '../accounts/account-store.js';
import { noteIn } from '../audit/outbox.js';
import { Database, type Transaction } from '../db/database.js';
import { passwordResets, users } from '../db/schema.js';
import { recordIn } from '../ledger/recording.js';

/** Mails to one account within a reset's life; more would only fill a mailbox. */
const OUTSTANDING_MAX = 3;
/** Longer than ending the sessions may take. */
const CLAIM_SECONDS = 10;

const isGood = (tokenHash: string) =>
  and(
    eq(passwordResets.tokenHash, tokenHash),
    gt(passwordResets.expiresAt, sql`now()`),
    or(isNull(passwordResets.claimedUntil), lt(passwordResets.claimedUntil, sql`now()`)),
  );

/** Passwords and the tokens that reset them, in Postgres. Times are the database's own. */
@Injectable()
export class PasswordStore {
  constructor(private readonly database: Database) {}

  /** Keeps the hash of a new token; answers until when it is good, `undefined` if the account has enough of them. */
  async open(userId: string, tokenHash: string, ttlMs: number): Promise<Date | undefined> {
    await this.database.orm.delete(passwordResets).where(lt(passwordResets.expiresAt, sql`now()`));
    return this.database.transaction(async (transaction) => {
      // Requests for one account take turns here, so that together they stay below the limit.
      await transaction.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update');
      const outstanding = await transaction.$count(passwordResets, eq(passwordResets.userId, userId));
      if (outstanding >= OUTSTANDING_MAX) return undefined;
      const expiresAt = sql`now() + make_interval(secs => ${ttlMs / 1000})`;
      const [opened] = await transaction
        .insert(passwordResets)
        .values({ tokenHash, userId, expiresAt })
        .returning();
      await noteIn(transaction, { type: 'password-reset-requested', userId });
      return opened?.expiresAt;
    });
  }

  /** The account whose password a token resets; `undefined` if the token is not good, or the account is disabled. */
  async accountOf(tokenHash: string): Promise<Account | undefined> {
    const [found] = await this.database.orm
      .select({ account: users })
      .from(passwordResets)
      .innerJoin(users, eq(users.id, passwordResets.userId))
      .where(and(isGood(tokenHash), isNull(users.disabledAt)));
    return found?.account;
  }

  /**
   * Sets the password that a token resets; the account's other tokens are void, and all its sessions are over: the
   * answer is to be carried out. The token is the caller's alone from then on, until `close` or `release`. `undefined`
   * if it is not good any more: of parallel callers one gets it.
   */
  use(tokenHash: string, userId: string, passwordHash: string): Promise<LedgerEntry | undefined> {
    return this.database.transaction(async (transaction) => {
      // The account first, as everywhere: transactions that take turns there cannot hold each other up.
      const [account] = await transaction
        .select({ id: users.id })
        .from(users)
        .where(and(eq(users.id, userId), isNull(users.disabledAt)))
        .for('update');
      if (account === undefined) return undefined;
      const claimed = await transaction
        .update(passwordResets)
        .set({ claimedUntil: sql`now() + make_interval(secs => ${CLAIM_SECONDS})` })
        .where(isGood(tokenHash))
        .returning({ tokenHash: passwordResets.tokenHash });
      if (claimed.length === 0) return undefined;
      await setPassword(transaction, userId, passwordHash);
      await transaction
        .delete(passwordResets)
        .where(and(eq(passwordResets.userId, userId), ne(passwordResets.tokenHash, tokenHash)));
      await noteIn(transaction, { type: 'password-reset', userId });
      return recordIn(transaction, { kind: 'user', userId, because: 'password-changed' });
    });
  }

  /** Ends the life of a token that has done its work. */
  async close(tokenHash: string): Promise<void> {
    await this.database.orm.delete(passwordResets).where(eq(passwordResets.tokenHash, tokenHash));
  }

  /** Gives a token back whose work could not be finished: a repeat finishes it. */
  async release(tokenHash: string): Promise<void> {
    await this.database.orm
      .update(passwordResets)
      .set({ claimedUntil: null })
      .where(eq(passwordResets.tokenHash, tokenHash));
  }

  /** Sets a password; all tokens of the account are void, and all its sessions but one over: to be carried out. */
  change(userId: string, passwordHash: string, keepSessionId: string): Promise<LedgerEntry> {
    return this.database.transaction(async (transaction) => {
      await setPassword(transaction, userId, passwordHash);
      await transaction.delete(passwordResets).where(eq(passwordResets.userId, userId));
      await noteIn(transaction, { type: 'password-changed', userId, sessionId: keepSessionId });
      return recordIn(transaction, { kind: 'user', userId, because: 'password-changed', keepSessionId });
    });
  }
}

async function setPassword(transaction: Transaction, userId: string, passwordHash: string): Promise<void> {
  await transaction
    .update(users)
    .set({ passwordHash, passwordChangedAt: sql`now()` })
    .where(eq(users.id, userId));
}
