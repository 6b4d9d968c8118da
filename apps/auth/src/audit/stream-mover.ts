import { AUDIT_STREAM, auditEventSchema, systemEvent, type AuditEvent } from '@holdfast/service-defaults';
import type { Sealing } from '@holdfast/session-core';
import type { Redis } from '@holdfast/session-redis';
import type { PutEvents } from './audit-trail.js';

/** The group that reads for the trail. */
const GROUP = 'trail';
/** One name for all: only who is on duty reads, and goes on with what the one before has left. */
const READER = 'on-duty';
const BATCH = 500;

/** What a `StreamMover` is made of. */
export interface StreamMoverDeps {
  readonly redis: Redis;
  readonly sealing: Sealing;
  readonly put: PutEvents;
  /** Told how many events were trimmed, or could not be read. */
  readonly onLost: (count: number) => void;
}

/**
 * Moves events from Redis to the outbox, at least once: an entry is acknowledged, and deleted, once Postgres has it. Ids
 * have no gaps, so that what was trimmed unread is counted, and the trail hears how many. To be called by one process at
 * a time.
 */
export class StreamMover {
  private lost = 0;

  constructor(private readonly deps: StreamMoverDeps) {}

  /** Moves all that there is. Answers how many entries. Rejects while Redis or Postgres is away. */
  async move(): Promise<number> {
    try {
      return (await this.moveAll(() => this.claimed())) + (await this.moveAll(() => this.fresh()));
    } catch (error) {
      if (!isMissingGroup(error)) throw error;
      await this.createGroup();
      return this.move();
    }
  }

  private async moveAll(take: () => Promise<readonly Entry[]>): Promise<number> {
    for (let moved = 0; ;) {
      const entries = await take();
      if (entries.length > 0 || this.lost > 0) await this.moveSome(entries);
      moved += entries.length;
      if (entries.length < BATCH) return moved;
    }
  }

  private async moveSome(entries: readonly Entry[]): Promise<void> {
    const events = entries.flatMap(({ sealed }) => this.eventIn(sealed) ?? []);
    const unreadable = entries.length - events.length;
    const count = this.lost + unreadable;
    const detail = { count, where: 'stream' };
    const report = count > 0 ? [systemEvent({ type: 'events-lost', outcome: 'failure', detail })] : [];
    await this.deps.put([...report, ...events]);
    this.lost = 0;
    if (count > 0) this.deps.onLost(count);
    const ids = entries.map(({ id }) => id);
    if (ids.length === 0) return;
    const { redis } = this.deps;
    await redis
      .pipeline()
      .xack(AUDIT_STREAM, GROUP, ...ids)
      .xdel(AUDIT_STREAM, ...ids)
      .exec();
  }

  /** What was read and not acknowledged: whoever read it is gone, or could not write it down. */
  private async claimed(): Promise<readonly Entry[]> {
    const { redis } = this.deps;
    const args = [AUDIT_STREAM, GROUP, READER, 0, '0-0', 'COUNT', BATCH];
    // ioredis has no type for it as bytes.
    const reply = await redis.callBuffer('XAUTOCLAIM', ...args);
    const [, entries, trimmed] = reply as [next: Buffer, Raw[], trimmed: Buffer[]];
    this.lost += trimmed.length;
    return entriesOf(entries);
  }

  private async fresh(): Promise<readonly Entry[]> {
    const { redis } = this.deps;
    const before = await this.lastRead();
    const reply = await redis.xreadgroupBuffer(
      ...(['GROUP', GROUP, READER, 'COUNT', BATCH, 'STREAMS', AUDIT_STREAM, '>'] as const),
    );
    const entries = entriesOf(reply?.[0]?.[1] ?? []);
    const [first] = entries;
    if (first) this.lost += countOf(first.id) - before - 1;
    return entries;
  }

  private async lastRead(): Promise<number> {
    const groups = (await this.deps.redis.xinfo('GROUPS', AUDIT_STREAM)) as unknown[][];
    // Names and values take turns in a list.
    const group = groups.find((fields) => fields[fields.indexOf('name') + 1] === GROUP) ?? [];
    return countOf(String(group[group.indexOf('last-delivered-id') + 1]));
  }

  private async createGroup(): Promise<void> {
    const { redis } = this.deps;
    await redis.xgroup('CREATE', AUDIT_STREAM, GROUP, '0', 'MKSTREAM').catch((error: unknown) => {
      if (!String(error).includes('BUSYGROUP')) throw error;
    });
  }

  private eventIn(sealed: Buffer): AuditEvent | undefined {
    const opened = this.deps.sealing.open(AUDIT_STREAM, sealed);
    if (opened.state !== 'open') return undefined;
    return auditEventSchema.safeParse(JSON.parse(opened.clear.toString())).data;
  }
}

type Raw = readonly [Buffer, readonly Buffer[] | null];

interface Entry {
  readonly id: string;
  readonly sealed: Buffer;
}

function entriesOf(raw: readonly Raw[]): readonly Entry[] {
  return raw.map(([id, fields]) => ({ id: id.toString(), sealed: fields?.[1] ?? Buffer.alloc(0) }));
}

/** The count in an id of ours: `0-<count>`. */
function countOf(id: string): number {
  return Number(id.split('-')[1]);
}

function isMissingGroup(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOGROUP');
}
