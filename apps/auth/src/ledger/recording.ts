import { randomUUID } from 'node:crypto';
import { auditEvent, requestOrigin, type AuditNote, type RequestOrigin } from '@holdfast/service-defaults';
import type { LedgerEntry, Revocation } from '@holdfast/session-core';
import { inArray, or, sql } from 'drizzle-orm';
import type { Transaction } from '../db/database.js';
import { revocations } from '../db/schema.js';
import { entriesWhere } from './entries.js';

/** One lock for the end of the ledger; any constant that nobody else uses. */
export const LEDGER_LOCK = 4_863_653_742;
/** For whoever stops with the lock held: it is to hold up nobody for longer. */
const LONGEST_PAUSE_MS = 1_000;

/** A revocation with the request that asked for it, where it is recorded on behalf of another one. */
export type AskedRevocation = Revocation & { readonly origin?: RequestOrigin | undefined };

/** Records one revocation, as `recordAllIn`. */
export async function recordIn(transaction: Transaction, revocation: AskedRevocation): Promise<LedgerEntry> {
  const [entry] = await recordAllIn(transaction, [revocation]);
  return found(entry);
}

/**
 * Records revocations in a transaction that is about more than them, as its last statements: nothing is recorded if
 * it does not happen. A session that was recorded before is not recorded again: the entry of the first time is
 * answered. Of a `roles` entry the account must have its new roles and `authz_version` by now. The end of sessions is an
 * event of the audit trail by the same statement; a change of roles is told by who makes it.
 *
 * @param asked - no session twice
 * @returns one entry for each, in the same order
 */
export async function recordAllIn(
  transaction: Transaction,
  asked: readonly AskedRevocation[],
): Promise<readonly LedgerEntry[]> {
  const named = asked.map(withEvent);
  await lockTheEnd(transaction);
  await transaction.execute(insertion(JSON.stringify(named)));
  const sessionIds = named.flatMap((one) => (one.kind === 'session' ? [one.sessionId] : []));
  const eventIds = named.map(({ eventId }) => eventId);
  const written = or(inArray(revocations.eventId, eventIds), inArray(revocations.sessionId, sessionIds));
  const entries = await entriesWhere(transaction, written);
  return named.map((one) => found(entries.find((entry) => isOf(entry, one))));
}

/**
 * Held to the commit: sequences come into sight in the order in which they were given, so that who has read up to n
 * never finds one below n later. A sequence or an identity column would give them before, and commits overtake each
 * other. In a statement of its own: the next one must see what those who had the lock before have committed.
 */
async function lockTheEnd(transaction: Transaction): Promise<void> {
  await transaction.execute(sql`
    SELECT set_config('idle_in_transaction_session_timeout', ${String(LONGEST_PAUSE_MS)}, true),
           pg_advisory_xact_lock(${LEDGER_LOCK})`);
}

/** An epoch that is asked for is taken as it is; any other is above all that the user has had, and that began by now. */
const insertion = (json: string) => sql`
  WITH fresh AS (
    SELECT asked.*,
           row_number() OVER (ORDER BY place) AS nth,
           row_number() OVER (of_user ORDER BY place) + greatest(
             (SELECT max(epoch) FROM revocations WHERE user_id = asked."userId"),
             max(asked.epoch) OVER of_user,
             floor(extract(epoch FROM clock.now) * 1000)::bigint - 1
           ) AS next_epoch,
           clock.now
      FROM (SELECT clock_timestamp() AS now) AS clock,
           ROWS FROM (jsonb_to_recordset(${json}::jsonb) AS (
             "eventId" uuid, kind text, "sessionId" text, "userId" uuid, because text,
             "keepSessionId" text, "keepData" boolean, epoch bigint, event jsonb
           )) WITH ORDINALITY AS asked (
             "eventId", kind, "sessionId", "userId", because, "keepSessionId", "keepData", epoch, event, place
           )
     WHERE NOT EXISTS (SELECT FROM revocations WHERE session_id = asked."sessionId")
    WINDOW of_user AS (PARTITION BY asked."userId")
  ), entered AS (
  INSERT INTO revocations
    (sequence, event_id, kind, session_id, user_id, because, keep_session_id, keep_data, epoch, recorded_at)
  SELECT nth + coalesce((SELECT max(sequence) FROM revocations), 0), "eventId", kind, "sessionId", "userId",
         because, "keepSessionId", coalesce("keepData", false),
         CASE WHEN kind <> 'session' THEN coalesce(epoch, next_epoch) END, now
    FROM fresh
  )
  INSERT INTO audit_outbox (event_id, event) SELECT "eventId", event FROM fresh WHERE event IS NOT NULL ORDER BY nth`;

function withEvent({ origin = requestOrigin(), ...revocation }: AskedRevocation) {
  const eventId = randomUUID();
  const note = noteOf(revocation);
  return { ...revocation, eventId, ...(note && { event: auditEvent({ ...note, eventId }, origin) }) };
}

function noteOf(revocation: Revocation): AuditNote | undefined {
  switch (revocation.kind) {
    case 'session':
      return { type: 'session-ended', sessionId: revocation.sessionId, endedBecause: revocation.because };
    case 'user': {
      const { userId, because: endedBecause, keepSessionId: kept } = revocation;
      return {
        type: 'sessions-ended',
        userId,
        endedBecause,
        ...(kept !== undefined && { detail: { kept } }),
      };
    }
    case 'roles':
      return undefined;
  }
}

function isOf(entry: LedgerEntry, one: Revocation & { readonly eventId: string }): boolean {
  if (entry.kind === 'session' && one.kind === 'session') return entry.sessionId === one.sessionId;
  return entry.eventId === one.eventId;
}

function found(entry: LedgerEntry | undefined): LedgerEntry {
  if (entry === undefined) throw new Error('The ledger has not got what was written to it.');
  return entry;
}
