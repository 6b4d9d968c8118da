import { createPool } from '@holdfast/postgres';
import { requestOrigin } from '@holdfast/service-defaults';
import type { LedgerEntry, LedgerSubject, Revocation, RevocationLedger } from '@holdfast/session-core';
import { and, eq, gt, max, or, sql } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { journalTerms, revocations } from '../db/schema.js';
import { entriesWhere } from './entries.js';
import { GroupedRecorder } from './grouped-recorder.js';
import { inTime, PATIENCE_MS } from './in-time.js';
import { LateRevocations } from './late-revocations.js';
import { recordAllIn, type AskedRevocation } from './recording.js';

/** Few: what it asks takes an instant, and what it records goes in groups. */
const CONNECTIONS = 4;
const PRUNED_AT_ONCE = 1_000;

/**
 * The ledger in Postgres. It has connections of its own, so that nothing else that waits for Postgres holds a logout up.
 * What belongs together with a change of an account is recorded by `recordIn` instead, in its transaction.
 */
export class PostgresRevocationLedger implements RevocationLedger {
  private readonly recorder: GroupedRecorder;
  private readonly late: LateRevocations;

  constructor(private readonly database: Database) {
    this.recorder = new GroupedRecorder((group, check) =>
      database.transaction(async (transaction) => {
        const entries = await recordAllIn(transaction, group);
        check();
        return entries;
      }),
    );
    this.late = new LateRevocations((revocation) => this.record(revocation));
  }

  /** @param onError - told of connections that broke while idle */
  static connect(url: string, onError: (error: Error) => void): PostgresRevocationLedger {
    const pool = createPool(url, { max: CONNECTIONS, patienceMs: PATIENCE_MS, onError });
    return new PostgresRevocationLedger(new Database(pool));
  }

  record(revocation: AskedRevocation): Promise<LedgerEntry> {
    return this.recorder.record(asked(revocation));
  }

  recordLater(revocation: Revocation): void {
    this.late.add(asked(revocation));
  }

  entriesAbove(sequence: number, limit: number): Promise<readonly LedgerEntry[]> {
    return inTime(entriesWhere(this.database.orm, gt(revocations.sequence, sequence), limit));
  }

  async lastSequence(): Promise<number> {
    const { orm } = this.database;
    const [last] = await inTime(
      orm
        .select({ sequence: max(revocations.sequence) })
        .from(revocations)
        .execute(),
    );
    return last?.sequence ?? 0;
  }

  async epochOf(userId: string): Promise<number> {
    const { orm } = this.database;
    const ofUser = orm.select({ epoch: max(revocations.epoch) }).from(revocations);
    const [highest] = await inTime(ofUser.where(eq(revocations.userId, userId)).execute());
    return highest?.epoch ?? 0;
  }

  async nextTerm(above: number): Promise<number> {
    const higher = { term: sql`greatest(${journalTerms.term}, ${above}) + 1` };
    const given = this.database.orm.update(journalTerms).set(higher).returning({ term: journalTerms.term });
    const [row] = await inTime(given.execute());
    if (!row) throw new Error('The table journal_terms has no row: the migration that makes it is missing.');
    return row.term;
  }

  async hasEnded({ sessionId, userId, epoch }: LedgerSubject): Promise<boolean> {
    const { orm } = this.database;
    const ofAll = and(
      eq(revocations.userId, userId),
      eq(revocations.kind, 'user'),
      gt(revocations.epoch, epoch),
      sql`${revocations.keepSessionId} IS DISTINCT FROM ${sessionId}`,
    );
    const known = orm.select({ sequence: revocations.sequence }).from(revocations);
    const end = known.where(or(eq(revocations.sessionId, sessionId), ofAll)).limit(1);
    return (await inTime(end.execute())).length > 0;
  }

  /**
   * Deletes what is older than `keepMs`: longer than any session lives, and its tombstone after it. The newest entry
   * stays, for the next sequence is counted from it.
   *
   * @returns how many went
   */
  async prune(keepMs: number): Promise<number> {
    for (let pruned = 0; ;) {
      const { rowCount } = await this.database.orm.execute(pruning(keepMs));
      pruned += rowCount ?? 0;
      if ((rowCount ?? 0) < PRUNED_AT_ONCE) return pruned;
    }
  }

  /** Records what it can of what it could not before, and lets go of its connections. */
  async close(): Promise<void> {
    await this.late.stop();
    await this.recorder.settled();
    await this.database.pool.end();
  }
}

/** A group is recorded on behalf of nobody: each of it keeps the request that asked. */
function asked(revocation: AskedRevocation): AskedRevocation {
  return { origin: requestOrigin(), ...revocation };
}

/** The oldest come first: as soon as one of them is to stay, all the others are. */
const pruning = (keepMs: number) => sql`
  DELETE FROM revocations
   WHERE sequence IN (SELECT sequence FROM revocations ORDER BY sequence LIMIT ${PRUNED_AT_ONCE})
     AND sequence < (SELECT max(sequence) FROM revocations)
     AND recorded_at < now() - make_interval(secs => ${keepMs / 1000})`;
