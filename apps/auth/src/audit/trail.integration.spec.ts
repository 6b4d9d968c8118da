import { randomBytes, randomUUID } from 'node:crypto';
import { systemEvent, type AuditEvent } from '@holdfast/service-defaults';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { auditEvents } from '../db/schema.js';
import { createAuthDatabase, type AuthDatabase } from '../testing/auth-database.js';
import { AuditChain } from './chain.js';
import { noteIn, putInOutbox } from './outbox.js';
import { Retention } from './retention.js';
import { Sealer } from './sealer.js';
import { verify, type Anchor } from './verification.js';

const DAY_MS = 86_400_000;
const secret = () => randomBytes(32).toString('base64url');
const chain = new AuditChain(secret());
let db: AuthDatabase;
let sealer: Sealer;

beforeAll(async () => {
  db = await createAuthDatabase(process.env);
  sealer = new Sealer(db.database, chain);
}, 30_000);
beforeEach(() => tamper('TRUNCATE audit_events, audit_outbox, audit_checkpoints'));
afterAll(() => db.drop());

const orm = () => db.database.orm;
const event = (userId: string = randomUUID()): AuditEvent =>
  systemEvent({ type: 'sign-in', userId, detail: { b: 1, a: 'x' } });
async function sealed(...events: AuditEvent[]): Promise<void> {
  await putInOutbox(orm(), events);
  await sealer.seal();
}
const verdict = (anchors: readonly Anchor[] = [], own = chain) => verify(orm(), own, 'security', anchors);
/** What somebody does who owns the database: no trigger stops them. */
const tamper = (statement: string) =>
  orm().transaction(async (transaction) => {
    await transaction.execute(sql.raw('SET LOCAL session_replication_role = replica'));
    await transaction.execute(sql.raw(statement));
  });
const rows = () => orm().select().from(auditEvents).orderBy(auditEvents.position);

describe('the sealed trail', () => {
  beforeEach(() => sealed(...Array.from({ length: 6 }, () => event())));

  it('G18: is whole as it was written, and says its end', async () => {
    const last = (await rows()).at(-1);
    expect(await verdict()).toEqual({
      state: 'whole',
      events: 6,
      begin: 0,
      end: expect.objectContaining({ sequence: 6, hash: last?.hash }),
    });
  });

  it.each([
    ['another outcome', `UPDATE audit_events SET outcome = 'failure' WHERE sequence = 4`, 4],
    [
      'another time, a millisecond later',
      `UPDATE audit_events SET occurred_at = occurred_at + interval '1 ms' WHERE sequence = 4`,
      4,
    ],
    ['another detail', `UPDATE audit_events SET detail = '{"a":"y","b":1}' WHERE sequence = 4`, 4],
    ['nobody any more', `UPDATE audit_events SET user_id = NULL WHERE sequence = 4`, 4],
    [
      'another hash',
      `UPDATE audit_events SET hash = (SELECT hash FROM audit_events WHERE sequence = 5) WHERE sequence = 4`,
      4,
    ],
    ['an event less', 'DELETE FROM audit_events WHERE sequence = 3', 3],
    [
      'an event less, the others closed up',
      'DELETE FROM audit_events WHERE sequence = 3; UPDATE audit_events SET sequence = sequence - 1 WHERE sequence > 3',
      3,
    ],
    [
      'two events in each other’s place',
      'UPDATE audit_events SET sequence = -2 WHERE sequence = 2; UPDATE audit_events SET sequence = 2 WHERE sequence = 3; UPDATE audit_events SET sequence = 3 WHERE sequence = -2',
      2,
    ],
    [
      'an event more',
      `INSERT INTO audit_events SELECT position + 100, chain, sequence + 1, gen_random_uuid(), type, outcome, occurred_at, recorded_at, user_id, actor_id, session_id, ended_because, ip, user_agent, request_id, trace_id, detail, key_id, hash FROM audit_events WHERE sequence = 6`,
      7,
    ],
    ['no begin', 'DELETE FROM audit_events WHERE sequence <= 2', 1],
    [
      'no begin and a forged checkpoint',
      `INSERT INTO audit_checkpoints SELECT chain, sequence, hash, key_id, hash, now() FROM audit_events WHERE sequence = 2; DELETE FROM audit_events WHERE sequence <= 2`,
      2,
    ],
  ])('G18: shows %s, at the first event that does not hold', async (_what, statement, sequence) => {
    await tamper(statement);
    expect(await verdict()).toMatchObject({ state: 'broken', sequence });
  });

  it('G18: shows a missing end to who has kept an anchor, and to nobody else', async () => {
    const [, , , fourth, , last] = await rows();
    const anchor = { chain: 'security', sequence: 6, hash: last?.hash ?? '' } as const;
    expect(await verdict([anchor])).toMatchObject({ state: 'whole' });
    await tamper('DELETE FROM audit_events WHERE sequence > 4');
    expect(await verdict([anchor])).toMatchObject({ state: 'broken', sequence: 5 });
    expect(await verdict([{ ...anchor, sequence: 4, hash: fourth?.hash ?? '' }])).toMatchObject({
      state: 'whole',
    });
    expect(await verdict()).toMatchObject({ state: 'whole', events: 4 });
    await sealed(event(), event());
    expect(await verdict([anchor])).toMatchObject({ state: 'broken', sequence: 6 });
  });

  it('holds under the secret that sealed it, current or older, and under no other', async () => {
    expect(await verdict([], new AuditChain(secret()))).toMatchObject({ state: 'broken', sequence: 1 });
  });

  it.each(['UPDATE audit_events SET outcome = outcome', 'DELETE FROM audit_events', 'TRUNCATE audit_events'])(
    'refuses %s',
    async (statement) => {
      await expect(db.pool.query(statement)).rejects.toThrow(/append only/);
      expect(await rows()).toHaveLength(6);
    },
  );
});

describe('sealing', () => {
  it('goes on where it was under a new secret', async () => {
    const older = secret();
    await putInOutbox(orm(), [event()]);
    await new Sealer(db.database, new AuditChain(older)).seal();
    const both = new AuditChain(secret(), [older]);
    await putInOutbox(orm(), [event()]);
    await new Sealer(db.database, both).seal();
    expect(await verdict([], both)).toMatchObject({ state: 'whole', events: 2 });
  });

  it('G18: takes an event once, however often it is told', async () => {
    const once = event();
    await putInOutbox(orm(), [once, once]);
    await sealed(once);
    await sealed(once, event());
    expect(await verdict()).toMatchObject({ state: 'whole', events: 2 });
  });

  it('makes one chain when many instances seal at once', async () => {
    await putInOutbox(
      orm(),
      Array.from({ length: 1_200 }, () => event()),
    );
    await Promise.all(Array.from({ length: 4 }, () => new Sealer(db.database, chain).seal()));
    expect(await verdict()).toMatchObject({ state: 'whole', events: 1_200 });
  });

  it('has what happened in a transaction if that happened, and not otherwise', async () => {
    const [done, undone] = [randomUUID(), randomUUID()];
    await db.database.transaction((transaction) =>
      noteIn(transaction, { type: 'roles-changed', userId: done }),
    );
    const failed = db.database.transaction(async (transaction) => {
      await noteIn(transaction, { type: 'roles-changed', userId: undone });
      throw new Error('changed its mind');
    });
    await expect(failed).rejects.toThrow('changed its mind');
    await sealer.seal();
    expect((await rows()).map(({ userId }) => userId)).toEqual([done]);
  });

  it('finds whose session it was by what it heard before', async () => {
    const [userId, sessionId] = [randomUUID(), 'session-1'];
    await sealed(systemEvent({ type: 'sign-in', userId, sessionId }));
    await sealed(systemEvent({ type: 'session-ended', sessionId, actorId: userId, endedBecause: 'logout' }));
    // Nobody else did it.
    expect((await rows()).at(-1)).toMatchObject({ userId, actorId: null });
  });

  it('takes texts that Postgres or JSON cannot hold', async () => {
    const userAgent = `\0${'x'.repeat(300)}`;
    await sealed(systemEvent({ type: 'sign-in', userAgent, detail: { half: '\ud800' } }));
    expect(await rows()).toMatchObject([{ userAgent: 'x'.repeat(255), detail: { half: '\ufffd' } }]);
    expect(await verdict()).toMatchObject({ state: 'whole' });
  });
});

describe('retention', () => {
  const age = (days: number, upTo: number) =>
    tamper(
      `UPDATE audit_events SET recorded_at = recorded_at - interval '${days} days' WHERE sequence <= ${upTo}`,
    );
  const prune = (keepDays: number) =>
    new Retention(db.database, chain, { security: keepDays * DAY_MS, activity: DAY_MS }).prune();

  it('G18: leaves a checkpoint, after which the rest still holds, and an event of its own', async () => {
    await sealed(...Array.from({ length: 6 }, () => event()));
    const before = await rows();
    await age(10, 4);
    expect(await prune(9)).toBe(4);
    await sealer.seal();
    expect((await rows()).map(({ sequence, type }) => [sequence, type])).toEqual([
      [5, 'sign-in'],
      [6, 'sign-in'],
      [7, 'trail-pruned'],
    ]);
    expect(await verdict()).toMatchObject({ state: 'whole', events: 3, begin: 4 });
    expect(await verdict([{ chain: 'security', sequence: 6, hash: before[5]?.hash ?? '' }])).toMatchObject({
      state: 'whole',
    });
    await tamper('DELETE FROM audit_events WHERE sequence = 5');
    expect(await verdict()).toMatchObject({ state: 'broken', sequence: 5 });
  });

  it('keeps the newest event, whatever its age, and what is not old enough', async () => {
    await sealed(event(), event());
    await age(10, 2);
    expect(await prune(11)).toBe(0);
    expect(await prune(9)).toBe(1);
    expect(await prune(9)).toBe(0);
    expect((await rows()).map(({ sequence }) => sequence)).toEqual([2]);
  });

  it('prunes nothing without a checkpoint', async () => {
    await sealed(event(), event());
    await expect(db.pool.query(`SELECT audit_prune('security', 1)`)).rejects.toThrow(/no checkpoint/);
    expect(await rows()).toHaveLength(2);
  });
});
