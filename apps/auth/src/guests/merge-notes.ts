import { Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, sql } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { guestMerges } from '../db/schema.js';

/** A session whose data belongs to an account, for as long as no session that its owner has was given it. */
export interface MergeNote {
  readonly sessionId: string;
  /** How long ago it was noted, in milliseconds of the database's clock. */
  readonly ageMs: number;
}

const ageMs = sql<number>`(extract(epoch from now() - ${guestMerges.createdAt}) * 1000)::float8`;

/** Whose data is on its way to which account. */
@Injectable()
export class MergeNotes {
  constructor(private readonly database: Database) {}

  /** Notes it anew. A guest who goes to another account after a crash goes to the one that it signs in to last. */
  async add(sessionId: string, userId: string): Promise<void> {
    await this.database.orm
      .insert(guestMerges)
      .values({ guestSessionId: sessionId, userId })
      .onConflictDoUpdate({ target: guestMerges.guestSessionId, set: { userId, createdAt: sql`now()` } });
  }

  /** What is on its way to an account, the newest first. */
  async of(userId: string): Promise<readonly MergeNote[]> {
    return this.database.orm
      .select({ sessionId: guestMerges.guestSessionId, ageMs })
      .from(guestMerges)
      .where(eq(guestMerges.userId, userId))
      .orderBy(desc(guestMerges.createdAt));
  }

  /** Forgets what is done, unless it goes to another account meanwhile. */
  async remove(sessionIds: readonly string[], userId: string): Promise<void> {
    const done = and(eq(guestMerges.userId, userId), inArray(guestMerges.guestSessionId, [...sessionIds]));
    await this.database.orm.delete(guestMerges).where(done);
  }
}
