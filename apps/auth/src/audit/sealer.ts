import { chainOf, type AuditChainName, type AuditEvent } from '@holdfast/service-defaults';
import { and, asc, desc, eq, inArray, isNotNull, max, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../db/database.js';
import { auditEvents, auditOutbox } from '../db/schema.js';
import { GENESIS, type AuditChain, type AuditRow, type ChainLink, type UnsealedRow } from './chain.js';

/** One lock for the end of the trail; any constant that nobody else uses. */
export const AUDIT_LOCK = 4_863_653_743;
/** Rows of one transaction, each with 19 parameters. */
const BATCH = 500;

/** Gives events that wait in the outbox their place in the trail, one batch after the other. */
export class Sealer {
  constructor(
    private readonly database: Database,
    private readonly chain: AuditChain,
  ) {}

  /** Seals what waits. Answers how many events it took. What was sealed before is not sealed again. */
  async seal(): Promise<number> {
    const [first] = await this.database.orm.select({ place: auditOutbox.place }).from(auditOutbox).limit(1);
    if (first === undefined) return 0;
    for (let sealed = 0; ;) {
      const taken = await this.database.transaction((transaction) => this.sealSome(transaction));
      sealed += taken;
      if (taken < BATCH) return sealed;
    }
  }

  private async sealSome(transaction: Transaction): Promise<number> {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`);
    const waiting = await transaction
      .select({ place: auditOutbox.place, event: auditOutbox.event })
      .from(auditOutbox)
      .orderBy(asc(auditOutbox.place))
      .limit(BATCH);
    if (waiting.length === 0) return 0;
    const events = await unknownOf(
      transaction,
      waiting.map(({ event }) => event),
    );
    const rows = await this.rowsOf(transaction, events);
    if (rows.length > 0) await transaction.insert(auditEvents).values(rows);
    const places = waiting.map(({ place }) => place);
    await transaction.delete(auditOutbox).where(inArray(auditOutbox.place, places));
    return waiting.length;
  }

  private async rowsOf(transaction: Transaction, events: readonly AuditEvent[]): Promise<AuditRow[]> {
    const ends = new Map<AuditChainName, ChainLink>();
    const owners = await ownersOf(transaction, events);
    const { last, now } = await endOf(transaction);
    const rows: AuditRow[] = [];
    for (const [at, event] of events.entries()) {
      const name = chainOf(event.type);
      const before = ends.get(name) ?? (await endOfChain(transaction, name));
      const place = { position: last + at + 1, chain: name, sequence: before.sequence + 1, recordedAt: now };
      const row = this.chain.seal(before, { ...place, ...membersOf(event, owners) });
      ends.set(name, row);
      rows.push(row);
    }
    return rows;
  }
}

/** What is told more than once has its place already. */
async function unknownOf(transaction: Transaction, events: readonly AuditEvent[]): Promise<AuditEvent[]> {
  const ids = events.map(({ eventId }) => eventId);
  const known = await transaction
    .select({ eventId: auditEvents.eventId })
    .from(auditEvents)
    .where(inArray(auditEvents.eventId, ids));
  const isKnown = new Set(known.map(({ eventId }) => eventId));
  return events.filter(({ eventId }) => !isKnown.has(eventId));
}

/** Whose sessions those are of which an event knows the id alone, by what the trail has heard of them before. */
async function ownersOf(
  transaction: Transaction,
  events: readonly AuditEvent[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = events.flatMap(({ userId, sessionId }) => (userId === undefined && sessionId) || []);
  const owners = new Map(
    events.flatMap(({ userId, sessionId }) => (userId && sessionId ? [[sessionId, userId] as const] : [])),
  );
  const unknown = [...new Set(wanted)].filter((sessionId) => !owners.has(sessionId));
  if (unknown.length === 0) return owners;
  const found = await transaction
    .selectDistinct({ sessionId: auditEvents.sessionId, userId: auditEvents.userId })
    .from(auditEvents)
    .where(and(inArray(auditEvents.sessionId, unknown), isNotNull(auditEvents.userId)));
  for (const { sessionId, userId } of found) if (sessionId && userId) owners.set(sessionId, userId);
  return owners;
}

/** The last position of all, and the database's clock, which falls behind no event that came before. */
async function endOf(transaction: Transaction): Promise<{ readonly last: number; readonly now: Date }> {
  const clock = sql`clock_timestamp()`.mapWith(auditEvents.recordedAt);
  const [end] = await transaction.select({ last: max(auditEvents.position), now: clock }).from(auditEvents);
  return { last: end?.last ?? 0, now: end?.now ?? new Date() };
}

/** The newest row of a chain is never pruned. */
async function endOfChain(transaction: Transaction, chain: AuditChainName): Promise<ChainLink> {
  const [end] = await transaction
    .select({ sequence: auditEvents.sequence, hash: auditEvents.hash })
    .from(auditEvents)
    .where(eq(auditEvents.chain, chain))
    .orderBy(desc(auditEvents.sequence))
    .limit(1);
  return end ?? GENESIS;
}

function membersOf(
  event: AuditEvent,
  owners: ReadonlyMap<string, string>,
): Omit<UnsealedRow, 'position' | 'chain' | 'sequence' | 'recordedAt'> {
  const { sessionId = null, actorId } = event;
  const userId = event.userId ?? owners.get(sessionId ?? '') ?? null;
  return {
    eventId: event.eventId,
    type: event.type,
    outcome: event.outcome,
    occurredAt: new Date(event.occurredAt),
    userId,
    actorId: actorId === undefined || actorId === userId ? null : actorId,
    sessionId,
    endedBecause: event.endedBecause ?? null,
    ip: event.ip ?? null,
    userAgent: event.userAgent ?? null,
    requestId: event.requestId ?? null,
    traceId: event.traceId ?? null,
    detail: event.detail ?? null,
  };
}
