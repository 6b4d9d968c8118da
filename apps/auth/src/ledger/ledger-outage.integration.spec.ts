import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LedgerUnavailableError, type Revocation } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool } from '@holdfast/postgres';
import { Database } from '../db/database.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { linkServer, type ServerLink } from '../testing/server-link.js';
import { PostgresRevocationLedger } from './postgres-revocation-ledger.js';
import { LEDGER_LOCK } from './recording.js';

let db: AuthDatabase;
let link: ServerLink;
let ledger: PostgresRevocationLedger;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  link = await linkServer(db.url);
  ledger = PostgresRevocationLedger.connect(link.url, () => undefined);
});
afterEach(backAgain);
afterAll(async () => {
  await ledger.close();
  await link.close();
  await db.drop();
});

/** Heals the link, which breaks the connections that hung: they may fail one question each. */
async function backAgain(): Promise<void> {
  link.heal();
  const answered = async (): Promise<number> => ledger.lastSequence().catch(answered);
  await answered();
}

const ended = (): Revocation => ({ kind: 'session', sessionId: randomUUID(), because: 'logout' });
const subject = () => ({ sessionId: randomUUID(), userId: randomUUID(), epoch: 0 });
const questions = (): Promise<unknown>[] => [
  ledger.record(ended()),
  ledger.entriesAbove(0, 1),
  ledger.lastSequence(),
  ledger.epochOf(randomUUID()),
  ledger.hasEnded(subject()),
];

describe('a ledger whose Postgres is away', () => {
  it.each(['cut', 'silence'] as const)(
    'says that it cannot answer, and answers again afterwards: %s',
    async (how) => {
      await Promise.all(questions());
      link[how]();
      for (const answer of await Promise.allSettled([...questions(), ...questions()])) {
        expect(answer).toMatchObject({ status: 'rejected', reason: { name: 'LedgerUnavailableError' } });
      }
      await backAgain();
      await Promise.all(questions());
    },
  );

  it('keeps the cause', async () => {
    link.cut();
    await expect(ledger.lastSequence()).rejects.toMatchObject({ cause: expect.any(Error) });
  });

  it('has not recorded later what was given up while it waited', async () => {
    link.silence();
    const given = Array.from({ length: 3 }, () => ended());
    await Promise.allSettled(given.map((revocation) => ledger.record(revocation)));
    await backAgain();
    const { sequence } = await ledger.record(ended());
    const sessionIds = (await ledger.entriesAbove(sequence - 2, 3)).map(
      (entry) => 'sessionId' in entry && entry.sessionId,
    );
    for (const one of given) expect(sessionIds).not.toContain('sessionId' in one && one.sessionId);
  });

  it('records what came meanwhile as soon as it is back', async () => {
    link.cut();
    const late = ended();
    ledger.recordLater(late);
    await expect(ledger.record(late)).rejects.toThrow(LedgerUnavailableError);
    link.heal();
    const sessionId = 'sessionId' in late ? late.sessionId : '';
    const isRecorded = () => ledger.hasEnded({ ...subject(), sessionId }).catch(() => false);
    while (!(await isRecorded())) await new Promise(setImmediate);
  });

  it('has nobody whose sessions began after an end of all was given up ended by it', async () => {
    const userId = randomUUID();
    const [end, table] = [await db.pool.connect(), await db.pool.connect()];
    await end.query(`BEGIN; SELECT pg_advisory_xact_lock(${LEDGER_LOCK})`);
    await table.query('BEGIN; LOCK TABLE revocations IN ACCESS EXCLUSIVE MODE');
    const given = ledger.record({ kind: 'user', userId, because: 'logout' });
    const isGivenUp = expect(given).rejects.toThrow(LedgerUnavailableError);
    await sleep(600); // each statement has a second, and so has whoever waits for all of them
    await end.query('COMMIT');
    const meanwhile = (async () => {
      await sleep(300);
      await ledger.record(ended()).catch(() => undefined); // a busy machine may be too late with it
    })();
    await isGivenUp;
    await table.query('COMMIT');
    for (const client of [end, table]) client.release();
    await meanwhile;
    expect(await ledger.epochOf(userId)).toBe(0);
  });

  it('throws what is wrong with a question as it is', async () => {
    await expect(ledger.epochOf('nobody')).rejects.toMatchObject({ cause: { code: '22P02' } });
  });
});

describe('transactions of the service', () => {
  it('that begin while Postgres hangs take no connection away', async () => {
    const pool = createPool(link.url, { max: 1, patienceMs: 500 });
    const database = new Database(pool);
    const answer = () =>
      database.transaction((transaction) => transaction.execute<{ one: number }>('SELECT 1 AS one'));
    await answer();
    link.silence();
    await expect(answer()).rejects.toThrow();
    link.heal();
    expect((await answer()).rows).toEqual([{ one: 1 }]);
    await pool.end();
  });
});
