import { systemEvent, type AuditChainName } from '@holdfast/service-defaults';
import { and, asc, desc, eq, lt, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../db/database.js';
import { auditCheckpoints, auditEvents } from '../db/schema.js';
import type { AuditChain, ChainLink } from './chain.js';
import { putInOutbox } from './outbox.js';
import { AUDIT_LOCK } from './sealer.js';

/** Few enough for a statement's patience. */
const AT_ONCE = 5_000;

/** How long events stay, in milliseconds. */
export type Retentions = Readonly<Record<AuditChainName, number>>;

/**
 * Forgets what is too old, from the begin of each chain. A checkpoint stays, by the chain's key: the rest can still be
 * verified, and nobody else can shorten a chain. The newest event of a chain stays as well: the next follows it.
 */
export class Retention {
  constructor(
    private readonly database: Database,
    private readonly chain: AuditChain,
    private readonly keepMs: Retentions,
  ) {}

  /** Answers how many events went. */
  async prune(): Promise<number> {
    let pruned = 0;
    for (const [name, keepMs] of Object.entries(this.keepMs) as [AuditChainName, number][]) {
      for (let some = AT_ONCE; some === AT_ONCE; pruned += some) {
        some = await this.database.transaction((transaction) => this.pruneSome(transaction, name, keepMs));
      }
    }
    return pruned;
  }

  private async pruneSome(transaction: Transaction, name: AuditChainName, keepMs: number): Promise<number> {
    await transaction.execute(sql`SELECT pg_advisory_xact_lock(${AUDIT_LOCK})`);
    const end = await lastTooOld(transaction, name, keepMs);
    if (end === undefined) return 0;
    const { sequence, hash, count } = end;
    const made = { chain: name, sequence, hash, ...this.chain.checkpoint(name, end), madeAt: sql`now()` };
    await transaction.insert(auditCheckpoints).values(made);
    const older = and(eq(auditCheckpoints.chain, name), lt(auditCheckpoints.sequence, sequence));
    await transaction.delete(auditCheckpoints).where(older);
    await transaction.execute(sql`SELECT audit_prune(${name}, ${sequence})`);
    const detail = { chain: name, upTo: sequence, count };
    await putInOutbox(transaction, [systemEvent({ type: 'trail-pruned', detail })]);
    return count;
  }
}

/** Of the oldest the last one before the first that is to stay. */
async function lastTooOld(
  transaction: Transaction,
  chain: AuditChainName,
  keepMs: number,
): Promise<(ChainLink & { readonly count: number }) | undefined> {
  const ofChain = eq(auditEvents.chain, chain);
  const { sequence, hash } = auditEvents;
  const isOld = sql<boolean>`${auditEvents.recordedAt} < clock_timestamp() - make_interval(secs => ${keepMs / 1000})`;
  const [newest] = await transaction
    .select({ sequence })
    .from(auditEvents)
    .where(ofChain)
    .orderBy(desc(sequence))
    .limit(1);
  const oldest = await transaction
    .select({ sequence, hash, isOld })
    .from(auditEvents)
    .where(ofChain)
    .orderBy(asc(sequence))
    .limit(AT_ONCE);
  const firstToStay = oldest.findIndex((row) => !row.isOld || row.sequence === newest?.sequence);
  const count = firstToStay === -1 ? oldest.length : firstToStay;
  const end = oldest[count - 1];
  return end && { sequence: end.sequence, hash: end.hash, count };
}
