import { and, asc, desc, gt, lte, sql } from 'drizzle-orm';
import type { Database } from '../db/database.js';
import { auditEvents } from '../db/schema.js';
import type { Duty, OnDuty } from '../audit/duty.js';
import { putInOutbox } from '../audit/outbox.js';
import { Detectors } from './detectors.js';
import type { Responder } from './responder.js';
import { LONGEST_WINDOW_MS, type Thresholds } from './thresholds.js';

const BATCH = 1_000;
/** What is looked back at on taking over: more would keep what is new waiting. */
const MOST_LOOKED_BACK_AT = 20_000;

/** What an `Examiner` is made of. */
export interface ExaminerDeps {
  readonly database: Database;
  readonly duty: Duty;
  readonly responder: Responder;
  readonly thresholds: Thresholds;
}

/**
 * Shows the detectors every sealed event once, in order, and has their findings answered. Who takes over from another
 * instance looks back as far as the longest window first, and finds nothing in that: how far was looked is noted
 * together with what was found.
 */
export class Examiner {
  #looking: { readonly detectors: Detectors; position: number } | undefined;

  constructor(private readonly deps: ExaminerDeps) {}

  /** Looks at what is new. Answers how many events. */
  async examine(onDuty: OnDuty): Promise<number> {
    this.#looking ??= await this.#lookedBack(onDuty.examined);
    try {
      for (let examined = 0; ;) {
        const some = await this.#examineSome(this.#looking);
        examined += some;
        if (some < BATCH) return examined;
      }
    } catch (error) {
      // The detectors have seen what was not noted as seen.
      this.forget();
      throw error;
    }
  }

  /** Somebody else looks from now on. */
  forget(): void {
    this.#looking = undefined;
  }

  async #examineSome(looking: { readonly detectors: Detectors; position: number }): Promise<number> {
    const { database, duty, responder } = this.deps;
    const from = looking.position;
    const rows = await database.orm
      .select()
      .from(auditEvents)
      .where(gt(auditEvents.position, from))
      .orderBy(asc(auditEvents.position))
      .limit(BATCH);
    const to = rows.at(-1)?.position;
    if (to === undefined) return 0;
    const findings = rows.flatMap((row) => looking.detectors.see(row));
    // First: after a crash it is done once more, which changes nothing.
    const answered = await Promise.all(findings.map((finding) => responder.act(finding)));
    await database.transaction(async (transaction) => {
      if (!(await duty.examinedIn(transaction, from, to))) throw new Error('Another instance is on duty.');
      await putInOutbox(
        transaction,
        answered.map(({ event }) => event),
      );
    });
    looking.position = to;
    for (const each of answered) responder.tell(each);
    return rows.length;
  }

  async #lookedBack(position: number): Promise<{ readonly detectors: Detectors; position: number }> {
    const detectors = new Detectors(this.deps.thresholds);
    const since = sql`clock_timestamp() - make_interval(secs => ${LONGEST_WINDOW_MS / 1000})`;
    const lately = await this.deps.database.orm
      .select()
      .from(auditEvents)
      .where(and(lte(auditEvents.position, position), gt(auditEvents.recordedAt, since)))
      .orderBy(desc(auditEvents.position))
      .limit(MOST_LOOKED_BACK_AT);
    for (const row of lately.reverse()) detectors.see(row);
    return { detectors, position };
  }
}
