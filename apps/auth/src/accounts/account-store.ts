import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { and, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { users } from '../db/schema.js';

/** How long one instance is alone with a missing profile: longer than its call may take. */
const CLAIM_SECONDS = 5;
const BATCH = 10;

/** An account as the store keeps it. */
export type Account = typeof users.$inferSelect;

/** An account whose registration nobody was told to have succeeded. */
export type UnansweredAccount = Account & { readonly registrationDisplayName: string };

/** What opens an account. */
export interface NewAccount {
  readonly email: string;
  readonly passwordHash: string;
  readonly roles: string[];
  readonly displayName: string;
}

const claimedUntil = sql`now() + make_interval(secs => ${CLAIM_SECONDS})`;
const claimable = and(
  isNull(users.profileMadeAt),
  or(isNull(users.profileClaimedUntil), lt(users.profileClaimedUntil, sql`now()`)),
);

/** Accounts in Postgres. Times are the database's own: instances may disagree about theirs. */
@Injectable()
export class AccountStore {
  constructor(private readonly database: Database) {}

  async findByEmail(email: string): Promise<Account | undefined> {
    const [account] = await this.database.orm.select().from(users).where(eq(users.email, email));
    return account;
  }

  async findById(id: string): Promise<Account | undefined> {
    const [account] = await this.database.orm.select().from(users).where(eq(users.id, id));
    return account;
  }

  /** The accounts among these ids, in no order. */
  findAllById(ids: readonly string[]): Promise<Account[]> {
    return this.database.orm
      .select()
      .from(users)
      .where(inArray(users.id, [...ids]));
  }

  /** Replaces a hash by one of the same password, made with today's parameters; `false` if it was changed meanwhile. */
  async updateHash(id: string, before: string, after: string): Promise<boolean> {
    const updated = await this.database.orm
      .update(users)
      .set({ passwordHash: after })
      .where(and(eq(users.id, id), eq(users.passwordHash, before)))
      .returning({ id: users.id });
    return updated.length > 0;
  }

  /** Opens an account without a profile, claimed by the caller; `undefined` if the e-mail is taken. */
  async open({ displayName, ...account }: NewAccount): Promise<UnansweredAccount | undefined> {
    const opened = await this.database.orm
      .insert(users)
      .values({
        ...account,
        id: randomUUID(),
        registrationDisplayName: displayName,
        profileClaimedUntil: claimedUntil,
      })
      .onConflictDoNothing({ target: users.email })
      .returning();
    return opened.find(isUnanswered);
  }

  /** Claims the missing profile of an account; `undefined` if it is made or somebody else is at it. */
  async claimProfile(id: string): Promise<UnansweredAccount | undefined> {
    const claimed = await this.database.orm
      .update(users)
      .set({ profileClaimedUntil: claimedUntil })
      .where(and(eq(users.id, id), claimable))
      .returning();
    return claimed.find(isUnanswered);
  }

  /** Claims a few missing profiles that nobody is at. */
  async claimAbandonedProfiles(): Promise<UnansweredAccount[]> {
    const abandoned = this.database.orm
      .select({ id: users.id })
      .from(users)
      .where(claimable)
      .limit(BATCH)
      .for('update', { skipLocked: true });
    const claimed = await this.database.orm
      .update(users)
      .set({ profileClaimedUntil: claimedUntil })
      .where(sql`${users.id} IN ${abandoned}`)
      .returning();
    return claimed.filter(isUnanswered);
  }

  /** Gives a claim back, so that a repeat need not wait for it to lapse. */
  async releaseProfile(id: string): Promise<void> {
    await this.database.orm.update(users).set({ profileClaimedUntil: null }).where(eq(users.id, id));
  }

  async profileMade(id: string): Promise<void> {
    const made = { profileMadeAt: sql`now()`, profileClaimedUntil: null };
    await this.database.orm.update(users).set(made).where(eq(users.id, id));
  }

  /** Notes that the owner knows of the account, and forgets the name. `false` if that was noted before. */
  async acknowledge(id: string): Promise<boolean> {
    const unanswered = and(
      eq(users.id, id),
      isNotNull(users.profileMadeAt),
      isNotNull(users.registrationDisplayName),
    );
    const noted = await this.database.orm
      .update(users)
      .set({ registrationDisplayName: null })
      .where(unanswered)
      .returning({ id: users.id });
    return noted.length > 0;
  }
}

/** Whether nobody was told yet that the account exists. */
export function isUnanswered(account: Account): account is UnansweredAccount {
  return account.registrationDisplayName !== null;
}
