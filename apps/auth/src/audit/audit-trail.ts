import { setTimeout as sleep } from 'node:timers/promises';
import {
  auditEvent,
  settled,
  systemEvent,
  type AuditEvent,
  type AuditNote,
} from '@holdfast/service-defaults';
import { Logger } from '@nestjs/common';

const LARGEST_BATCH = 500;
const MOST_WAITING = 10_000;
/** For so long a caller waits for Postgres at most; what it told is tried again and again after that. */
const PATIENCE_MS = 1_000;
const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/** Puts events into the outbox, each once. Rejects while Postgres is away. */
export type PutEvents = (events: readonly AuditEvent[]) => Promise<void>;

/**
 * Takes security events that are no part of a transaction: sign-ins, failures, what administrators do. What comes in one
 * tick is one insertion. While Postgres is away 10,000 wait in the process; the oldest give way, are counted, and the
 * trail hears how many.
 */
export class AuditTrail {
  private readonly logger = new Logger(AuditTrail.name);
  private readonly stopping = new AbortController();
  private waiting: AuditEvent[] = [];
  private dropped = 0;
  private working: Promise<void> | undefined;
  private isAway = false;

  constructor(
    private readonly put: PutEvents,
    private readonly onLost: (count: number) => void = () => undefined,
  ) {}

  /** Resolves once Postgres has the event, or after a second. Never rejects: nothing fails because of its audit. */
  async record(note: AuditNote): Promise<void> {
    this.waiting.push(auditEvent(note));
    const over = this.waiting.length - MOST_WAITING;
    if (over > 0) this.drop(this.waiting.splice(0, over).length);
    this.working ??= this.work();
    if (!this.isAway) await settled(this.working, PATIENCE_MS);
  }

  /** Tries one last time. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.working;
    if (this.waiting.length > 0 && !(await this.putSome())) {
      this.logger.error(`Events that the audit trail has not got: ${this.waiting.length}`);
    }
  }

  private async work(): Promise<void> {
    // What comes in the same tick goes with it.
    await new Promise((resolve) => setImmediate(resolve));
    const { signal } = this.stopping;
    let pauseMs = SHORTEST_PAUSE_MS;
    while (this.waiting.length > 0) {
      if (await this.putSome()) continue;
      if (signal.aborted) break;
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    this.working = undefined;
  }

  /** `false` if Postgres did not take them: they go on waiting. */
  private async putSome(): Promise<boolean> {
    const batch = this.waiting.splice(0, LARGEST_BATCH);
    const { dropped } = this;
    const detail = { count: dropped, where: 'process' };
    const report = dropped > 0 ? [systemEvent({ type: 'events-lost', outcome: 'failure', detail })] : [];
    try {
      await this.put([...report, ...batch]);
    } catch (error) {
      this.waiting = [...batch, ...this.waiting];
      this.note(error);
      return false;
    }
    this.dropped -= dropped;
    this.note(undefined);
    return true;
  }

  private drop(count: number): void {
    this.dropped += count;
    this.onLost(count);
  }

  /** Says so once. */
  private note(failure: unknown): void {
    const isAway = failure !== undefined;
    if (isAway === this.isAway) return;
    this.isAway = isAway;
    if (isAway) this.logger.warn({ msg: 'The audit trail takes no events: they wait here', err: failure });
    else this.logger.log('The audit trail takes events again');
  }
}
