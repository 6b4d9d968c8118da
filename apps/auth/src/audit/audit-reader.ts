import { badCursor, type AnomaliesQuery, type AuditQuery, type PageQuery } from '@holdfast/contracts';
import { Injectable } from '@nestjs/common';
import { and, desc, eq, gte, lt, or, sql, type SQL } from 'drizzle-orm';
import { Database } from '../db/database.js';
import { auditEvents } from '../db/schema.js';
import type { AuditRow } from './chain.js';

/** Some rows, newest first, and the cursor behind the last of them. */
export interface Page {
  readonly rows: readonly AuditRow[];
  readonly nextCursor: string | null;
}

/** Reads the trail page by page, newest first: what comes meanwhile is before the first page and moves nothing. */
@Injectable()
export class AuditReader {
  constructor(private readonly database: Database) {}

  /** `ERR_VALIDATION` for a cursor that no list gave out. */
  async events({ userId, sessionId, type, outcome, from, to, ...page }: AuditQuery): Promise<Page> {
    const { recordedAt } = auditEvents;
    return this.page(page, [
      userId && or(eq(auditEvents.userId, userId), eq(auditEvents.actorId, userId)),
      sessionId && eq(auditEvents.sessionId, sessionId),
      type && eq(auditEvents.type, type),
      outcome && eq(auditEvents.outcome, outcome),
      from && gte(recordedAt, new Date(from)),
      to && lt(recordedAt, new Date(to)),
    ]);
  }

  /** What is about a user. */
  ofUser(userId: string, page: PageQuery): Promise<Page> {
    return this.page(page, [eq(auditEvents.userId, userId)]);
  }

  /** What the detectors found. */
  anomalies({ userId, detector, severity, ...page }: AnomaliesQuery): Promise<Page> {
    const says = (name: string, value: string) => sql`${auditEvents.detail} ->> ${name} = ${value}`;
    return this.page(page, [
      eq(auditEvents.type, 'anomaly'),
      userId && eq(auditEvents.userId, userId),
      detector && says('detector', detector),
      severity && says('severity', severity),
    ]);
  }

  private async page(
    { limit, cursor }: PageQuery,
    conditions: readonly (SQL | '' | undefined)[],
  ): Promise<Page> {
    const after = cursor === undefined ? undefined : lt(auditEvents.position, positionOf(cursor));
    const found = await this.database.orm
      .select()
      .from(auditEvents)
      .where(and(after, ...conditions.map((condition) => condition || undefined)))
      .orderBy(desc(auditEvents.position))
      .limit(limit + 1);
    const rows = found.slice(0, limit);
    const last = found.length > limit ? rows.at(-1) : undefined;
    return { rows, nextCursor: last ? cursorOf(last.position) : null };
  }
}

function cursorOf(position: number): string {
  return Buffer.from(String(position)).toString('base64url');
}

function positionOf(cursor: string): number {
  const text = Buffer.from(cursor, 'base64url').toString();
  if (!/^[1-9]\d{0,14}$/.test(text) || cursorOf(Number(text)) !== cursor) throw badCursor();
  return Number(text);
}
