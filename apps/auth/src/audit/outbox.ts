import { auditEvent, type AuditEvent, type AuditNote } from '@holdfast/service-defaults';
import type { Executor, Transaction } from '../db/database.js';
import { auditOutbox } from '../db/schema.js';

/** Writes down what happened in the transaction that does it: there is no such change without its event. */
export async function noteIn(transaction: Transaction, note: AuditNote): Promise<void> {
  await putInOutbox(transaction, [auditEvent(note)]);
}

/** Puts events where the sealer finds them; an event that is there already is not put there again. */
export async function putInOutbox(executor: Executor, events: readonly AuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ eventId: event.eventId, event }));
  await executor.insert(auditOutbox).values(rows).onConflictDoNothing();
}
