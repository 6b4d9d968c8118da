import type { LedgerEntry } from '@holdfast/session-core';
import { asc, eq, type SQL } from 'drizzle-orm';
import type { Executor } from '../db/database.js';
import { revocations, users } from '../db/schema.js';

/** Entries that fit, in their order; of roles those that the account has at this moment. */
export async function entriesWhere(
  executor: Executor,
  condition: SQL | undefined,
  limit?: number,
): Promise<readonly LedgerEntry[]> {
  const query = executor
    .select({ revocation: revocations, roles: users.roles, authzVersion: users.authzVersion })
    .from(revocations)
    .leftJoin(users, eq(users.id, revocations.userId))
    .where(condition)
    .orderBy(asc(revocations.sequence));
  return (await (limit === undefined ? query : query.limit(limit))).map(entryOf);
}

interface Row {
  readonly revocation: typeof revocations.$inferSelect;
  readonly roles: readonly string[] | null;
  readonly authzVersion: number | null;
}

/** The table's constraint sees to it that a row has what its kind wants. */
function entryOf({ revocation, roles, authzVersion }: Row): LedgerEntry {
  const { sequence, eventId, kind, sessionId, userId, because, epoch, keepData } = revocation;
  const entered = { sequence, eventId, recordedAt: revocation.recordedAt.getTime() };
  if (kind === 'session' && sessionId !== null && because !== null) {
    return { ...entered, kind, sessionId, because, ...(keepData && { keepData }) };
  }
  if (kind === 'user' && userId !== null && because !== null && epoch !== null) {
    const { keepSessionId } = revocation;
    return { ...entered, kind, userId, because, epoch, ...(keepSessionId !== null && { keepSessionId }) };
  }
  if (kind === 'roles' && userId !== null && epoch !== null) {
    return { ...entered, kind, userId, epoch, roles: roles ?? [], authzVersion: authzVersion ?? 0 };
  }
  throw new Error(`Entry ${sequence} of the ledger is of no kind.`);
}
