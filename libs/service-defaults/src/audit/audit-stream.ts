import type { Sealing } from '@holdfast/session-core';
import type { Redis } from '@holdfast/session-redis';
import { auditEvent, systemEvent, type AuditEvent, type AuditNote } from './audit-event.js';

/** The stream that takes events to the trail. Ids are `0-<count>`, without gaps: who reads it sees what was trimmed. */
export const AUDIT_STREAM = 'hf:audit';
/** The one field of an entry. */
export const AUDIT_FIELD = 'e';

const FLUSH_AFTER_MS = 200;
const RETRY_AFTER_MS = 1_000;
const LARGEST_BATCH = 500;
/** In this process, while Redis is away. */
const MOST_WAITING = 5_000;

/** What an `AuditStream` is made of. */
export interface AuditStreamDeps {
  readonly redis: Redis;
  readonly sealing: Sealing;
  /** About so many entries stay in Redis, whoever reads them or not. */
  readonly maxLength: number;
  /** Told how many events of this process were dropped. */
  readonly onLost?: (count: number) => void;
}

/**
 * Tells the trail of a session's ordinary life, by way of Redis: nobody waits for it, and what came within 200 ms goes in one
 * pipeline. While Redis is away 5,000 events wait; the oldest give way, are counted, and the trail hears how many.
 */
export class AuditStream {
  #waiting: AuditEvent[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;

  constructor(private readonly deps: AuditStreamDeps) {}

  /** Notes what happened, with the request that is being served. Never throws, never waits. */
  note(note: AuditNote): void {
    this.#waiting.push(auditEvent(note));
    if (this.#waiting.length > MOST_WAITING) this.#drop(this.#waiting.splice(0, 1).length);
    this.#schedule(FLUSH_AFTER_MS);
  }

  /** Sends what waits; what cannot be sent goes on waiting. */
  flush(): Promise<void> {
    this.#working ??= this.#send().finally(() => (this.#working = undefined));
    return this.#working;
  }

  /** Sends what waits one last time. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) this.#drop(this.#waiting.splice(0).length);
  }

  #schedule(afterMs: number): void {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, afterMs).unref();
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lost = this.#lost;
      const batch = this.#waiting.splice(0, LARGEST_BATCH);
      const detail = { count: lost, where: 'process' };
      const report = lost > 0 ? [systemEvent({ type: 'events-lost', outcome: 'failure', detail })] : [];
      if (!(await this.#add([...report, ...batch]))) {
        // Some may be there already: the trail takes each event once.
        this.#waiting = [...batch, ...this.#waiting];
        const over = this.#waiting.length - MOST_WAITING;
        if (over > 0) this.#drop(this.#waiting.splice(0, over).length);
        return this.#schedule(RETRY_AFTER_MS);
      }
      this.#lost -= lost;
    }
  }

  async #add(events: readonly AuditEvent[]): Promise<boolean> {
    const { redis, sealing, maxLength } = this.deps;
    const pipeline = redis.pipeline();
    for (const event of events) {
      const sealed = sealing.seal(AUDIT_STREAM, Buffer.from(JSON.stringify(event)));
      pipeline.xadd(AUDIT_STREAM, 'MAXLEN', '~', maxLength, '0-*', AUDIT_FIELD, sealed);
    }
    try {
      const answers = await pipeline.exec();
      return answers !== null && answers.every(([error]) => error === null);
    } catch {
      return false;
    }
  }

  #drop(count: number): void {
    this.#lost += count;
    this.deps.onLost?.(count);
  }
}
