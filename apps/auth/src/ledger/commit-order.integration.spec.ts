import { randomUUID } from 'node:crypto';
import { LedgerUnavailableError, type LedgerEntry, type Revocation } from '@holdfast/session-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Transaction } from '../db/database.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { PostgresRevocationLedger } from './postgres-revocation-ledger.js';
import { recordIn } from './recording.js';

let db: AuthDatabase;
let ledgers: readonly [PostgresRevocationLedger, PostgresRevocationLedger];

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  const connect = () => PostgresRevocationLedger.connect(db.url, () => undefined);
  ledgers = [connect(), connect()];
});
afterAll(async () => {
  await Promise.all(ledgers.map((ledger) => ledger.close()));
  await db.drop();
});

const ended = (): Revocation => ({ kind: 'session', sessionId: randomUUID(), because: 'logout' });
const sequencesOf = (entries: readonly LedgerEntry[]) => entries.map(({ sequence }) => sequence);

/** Asks again where the ledger gave up after its second, which may have recorded all the same. */
async function insist<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof LedgerUnavailableError)) throw error;
    }
  }
}
/** Records an end by one of the two instances, once however often it is asked. */
function record(by: 0 | 1 = 0): Promise<LedgerEntry> {
  const end = ended();
  return insist(() => ledgers[by].record(end));
}
/** Reads by the other one. */
const read = (above: number, limit: number) => insist(() => ledgers[1].entriesAbove(above, limit));
const lastSequence = () => insist(() => ledgers[0].lastSequence());

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('the order of the ledger', () => {
  it('is dense, and whoever reads on while two instances record sees each entry once, in order', async () => {
    const from = await lastSequence();
    const records = Array.from({ length: 100 }, async (_, n) => {
      for (let turn = 0; turn < n % 5; turn += 1) await new Promise(setImmediate);
      if (n % 3 > 0) return record(n % 2 === 0 ? 0 : 1);
      return db.database.transaction((transaction) => recordIn(transaction, ended()));
    });
    const seen: LedgerEntry[] = [];
    while (seen.length < 100) {
      seen.push(...(await read(seen.at(-1)?.sequence ?? from, 7)));
    }
    expect(sequencesOf(seen)).toEqual(seen.map((_, at) => from + at + 1));
    const recorded = (await Promise.all(records)).sort((one, other) => one.sequence - other.sequence);
    expect(seen).toEqual(recorded);
  });

  it('lets nobody overtake a transaction that has recorded and not committed yet', async () => {
    const from = await lastSequence();
    const recorded = deferred<LedgerEntry>();
    const commit = deferred<void>();
    const slow = db.database.transaction(async (transaction) => {
      const entry = await recordIn(transaction, ended());
      // Postgres would end it a second later, and on a busy machine that is too soon for what is looked at meanwhile.
      await transaction.execute(sql`SET LOCAL idle_in_transaction_session_timeout = 0`);
      recorded.resolve(entry);
      await commit.promise;
    });
    const first = await recorded.promise;
    const second = record();
    await lastSequence();
    expect(await read(from, 10)).toEqual([]);
    commit.resolve();
    await slow;
    expect(sequencesOf([first, await second])).toEqual([from + 1, from + 2]);
  });

  it('takes what comes in one tick in one transaction', async () => {
    const from = await lastSequence();
    await Promise.all(Array.from({ length: 50 }, () => record()));
    const { rows } = await db.pool.query<{ count: string }>(
      'SELECT count(DISTINCT xmin::text) FROM revocations WHERE sequence > $1',
      [from],
    );
    expect(rows).toEqual([{ count: '1' }]);
  });

  it('has no gap where a transaction came to nothing', async () => {
    const from = await lastSequence();
    const undone = async (transaction: Transaction) => {
      await recordIn(transaction, ended());
      throw new Error('changed its mind');
    };
    await expect(db.database.transaction(undone)).rejects.toThrow('changed its mind');
    expect((await record()).sequence).toBe(from + 1);
  });
});

describe('a transaction that stops while it holds the end of the ledger', () => {
  it('is ended by Postgres, and leaves nothing', async () => {
    const from = await lastSequence();
    const [recorded, letGo] = [deferred<LedgerEntry>(), deferred<void>()];
    const asleep = db.database.transaction(async (transaction) => {
      recorded.resolve(await recordIn(transaction, ended()));
      await letGo.promise;
    });
    await recorded.promise;
    expect((await record()).sequence).toBe(from + 1);
    letGo.resolve();
    await expect(asleep).rejects.toThrow();
  });
});

describe('pruning', () => {
  it('forgets what is old but the newest entry, from which the next sequence is counted', async () => {
    await Promise.all(Array.from({ length: 5 }, () => record()));
    const last = await lastSequence();
    expect(await ledgers[0].prune(3_600_000)).toBe(0);
    await db.pool.query("UPDATE revocations SET recorded_at = recorded_at - interval '2 hours'");
    await record();
    expect(await ledgers[0].prune(3_600_000)).toBe(last);
    expect(sequencesOf(await read(0, 10))).toEqual([last + 1]);
    await db.pool.query("UPDATE revocations SET recorded_at = recorded_at - interval '2 hours'");
    expect(await ledgers[0].prune(3_600_000)).toBe(0);
    expect((await record()).sequence).toBe(last + 2);
  });

  it('forgets more than it deletes at once', async () => {
    const { sequence } = await record();
    await db.pool.query(
      `INSERT INTO revocations (sequence, event_id, kind, session_id, because, keep_data, recorded_at)
       SELECT $1 + n, gen_random_uuid(), 'session', 'old ' || n, 'logout', false, now()
         FROM generate_series(1, 2500) AS n`,
      [sequence],
    );
    await db.pool.query("UPDATE revocations SET recorded_at = recorded_at - interval '2 hours'");
    const { sequence: last } = await record();
    await ledgers[0].prune(3_600_000);
    expect(sequencesOf(await read(0, 10))).toEqual([last]);
  });
});
