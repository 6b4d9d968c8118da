import type { AuditChainName } from '@holdfast/service-defaults';
import { and, asc, desc, eq, gt } from 'drizzle-orm';
import type { Executor } from '../db/database.js';
import { auditCheckpoints, auditEvents } from '../db/schema.js';
import { GENESIS, type AuditChain, type AuditRow, type ChainLink } from './chain.js';

const BATCH = 1_000;
/** The chains of the trail. */
export const CHAINS = ['security', 'activity'] as const satisfies readonly AuditChainName[];

/** An end of a chain that somebody has written down elsewhere. */
export interface Anchor extends ChainLink {
  readonly chain: AuditChainName;
}

/** What came of verifying a chain: whole, with how many events and its end, or where it breaks first. */
export type Verdict =
  | { readonly state: 'whole'; readonly events: number; readonly begin: number; readonly end: ChainLink }
  | { readonly state: 'broken'; readonly sequence: number; readonly why: string };

/**
 * Walks a chain from its begin, or its newest checkpoint, to its end. In a transaction that sees one moment: what is
 * sealed or pruned meanwhile is no break.
 *
 * @param anchors - of this chain: without one nobody can tell that events are missing at the end
 */
export async function verify(
  executor: Executor,
  chain: AuditChain,
  name: AuditChainName,
  anchors: readonly Anchor[] = [],
): Promise<Verdict> {
  const [checkpoint] = await executor
    .select()
    .from(auditCheckpoints)
    .where(eq(auditCheckpoints.chain, name))
    .orderBy(desc(auditCheckpoints.sequence))
    .limit(1);
  if (checkpoint && !chain.holdsCheckpoint(name, checkpoint)) {
    return broken(checkpoint.sequence, 'its checkpoint is forged, or AUDIT_SECRET is another one');
  }
  const begin = checkpoint ?? GENESIS;
  const walk = new Walk(chain, begin, anchors);
  for (let rows = await rowsAfter(executor, name, 0); rows.length > 0;) {
    for (const row of rows) {
      const fault = walk.faultOf(row);
      if (fault) return fault;
    }
    rows = await rowsAfter(executor, name, walk.before.sequence);
  }
  return walk.missing() ?? { state: 'whole', events: walk.events, begin: begin.sequence, end: walk.before };
}

function rowsAfter(executor: Executor, name: AuditChainName, sequence: number): Promise<AuditRow[]> {
  return executor
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.chain, name), gt(auditEvents.sequence, sequence)))
    .orderBy(asc(auditEvents.sequence))
    .limit(BATCH);
}

/** One walk along a chain. */
class Walk {
  events = 0;
  private position = 0;

  constructor(
    private readonly chain: AuditChain,
    public before: ChainLink,
    private readonly anchors: readonly Anchor[],
  ) {}

  /** What is wrong with the row that comes next. */
  faultOf(row: AuditRow): Verdict | undefined {
    const expected = this.before.sequence + 1;
    if (row.sequence < expected) return broken(row.sequence, 'it comes back from before the checkpoint');
    if (row.sequence > expected) return broken(expected, 'it is missing');
    if (row.position <= this.position) return broken(row.sequence, 'it is out of order');
    if (!this.chain.holds(this.before, row)) {
      return broken(row.sequence, 'it was changed, is not ours, or follows another one than before');
    }
    const anchor = this.anchors.find(({ sequence }) => sequence === row.sequence);
    if (anchor && anchor.hash !== row.hash) return broken(row.sequence, 'it is not what the anchor says');
    this.before = row;
    this.position = row.position;
    this.events += 1;
    return undefined;
  }

  /** What an anchor knows of and the chain does not reach. */
  missing(): Verdict | undefined {
    const isBeyond = this.anchors.some(({ sequence }) => sequence > this.before.sequence);
    return isBeyond
      ? broken(this.before.sequence + 1, 'it is missing: an anchor is beyond the end')
      : undefined;
  }
}

function broken(sequence: number, why: string): Verdict {
  return { state: 'broken', sequence, why };
}
