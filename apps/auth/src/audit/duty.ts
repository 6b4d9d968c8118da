import { and, eq, lt, or, sql } from 'drizzle-orm';
import type { Database, Transaction } from '../db/database.js';
import { auditDuty } from '../db/schema.js';

const TERM_MS = 5_000;
const RENEWED_AFTER_MS = 2_000;

/** What the one on duty knows of the duty. */
export interface OnDuty {
  /** Up to which position anomalies were looked for. */
  readonly examined: number;
}

/** Which instance moves, seals and examines events: one at a time, by a lease of five seconds in Postgres' time. */
export class Duty {
  private renewAt = 0;
  private current: OnDuty | undefined;

  constructor(
    private readonly database: Database,
    private readonly holder: string,
  ) {}

  /** Takes the duty, or keeps it; `undefined` while somebody else has it. */
  async take(): Promise<OnDuty | undefined> {
    const now = performance.now();
    if (this.current && now < this.renewAt) return this.current;
    const until = sql`clock_timestamp() + make_interval(secs => ${TERM_MS / 1000})`;
    const isFree = or(
      sql`${auditDuty.holder} IS NULL`,
      eq(auditDuty.holder, this.holder),
      lt(auditDuty.until, sql`clock_timestamp()`),
    );
    const [taken] = await this.database.orm
      .update(auditDuty)
      .set({ holder: this.holder, until })
      .where(isFree)
      .returning({ examined: auditDuty.examined });
    this.renewAt = now + RENEWED_AFTER_MS;
    this.current = taken;
    return taken;
  }

  /** Lets somebody else have it at once. */
  async release(): Promise<void> {
    this.current = undefined;
    await this.database.orm.update(auditDuty).set({ holder: null }).where(eq(auditDuty.holder, this.holder));
  }

  /** Notes how far was looked, in the transaction with what was found; `false` if somebody else has looked meanwhile. */
  async examinedIn(transaction: Transaction, from: number, to: number): Promise<boolean> {
    const noted = await transaction
      .update(auditDuty)
      .set({ examined: to })
      .where(and(eq(auditDuty.holder, this.holder), eq(auditDuty.examined, from)))
      .returning({ examined: auditDuty.examined });
    return noted.length > 0;
  }
}
