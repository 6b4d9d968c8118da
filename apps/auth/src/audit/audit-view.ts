import type { activityPageSchema, anomalyPageSchema, auditPageSchema } from '@holdfast/contracts';
import type { z } from 'zod';
import type { Page } from './audit-reader.js';
import type { AuditRow } from './chain.js';

type Anomaly = z.input<typeof anomalyPageSchema>['anomalies'][number];

/** `GET /platform/audit`. @param traceUrl - where traces are shown, with `{traceId}` in it */
export function auditView({ rows, nextCursor }: Page, traceUrl?: string): z.input<typeof auditPageSchema> {
  return {
    events: rows.map((row) => ({
      ...happened(row),
      chain: row.chain,
      sequence: row.sequence,
      recordedAt: row.recordedAt.toISOString(),
      ...present({
        userId: row.userId,
        actorId: row.actorId,
        requestId: row.requestId,
        traceId: row.traceId,
        traceUrl: urlOf(traceUrl, row.traceId),
        detail: row.detail,
      }),
    })),
    nextCursor,
  };
}

function urlOf(template: string | undefined, traceId: string | null): string | null {
  if (template === undefined || traceId === null) return null;
  return template.replaceAll('{traceId}', () => encodeURIComponent(traceId));
}

/** `GET /auth/activity`. Who else did it is not told, only that it was somebody else. */
export function activityView({ rows, nextCursor }: Page): z.input<typeof activityPageSchema> {
  const events = rows.map((row) => {
    const byAdministrator = row.actorId !== null;
    // Where an administrator is, and with what, is nobody else's business.
    const { ip: _ip, userAgent: _userAgent, ...elsewhere } = happened(row);
    return { ...(byAdministrator ? elsewhere : happened(row)), byAdministrator };
  });
  return { events, nextCursor };
}

/** `GET /platform/anomalies`. */
export function anomaliesView({ rows, nextCursor }: Page): z.input<typeof anomalyPageSchema> {
  return { anomalies: rows.map(anomalyOf), nextCursor };
}

function anomalyOf({ eventId: id, occurredAt, userId, sessionId, ip, detail }: AuditRow): Anomaly {
  // Whoever wrote the row took them from these very lists.
  const { detector, severity, action, ...evidence } = detail as Pick<
    Anomaly,
    'detector' | 'severity' | 'action'
  >;
  const foundAt = occurredAt.toISOString();
  return { id, detector, severity, action, foundAt, ...present({ userId, sessionId, ip }), evidence };
}

function happened(row: AuditRow) {
  const { eventId: id, type, outcome, occurredAt, sessionId, endedBecause, ip, userAgent } = row;
  const known = present({ sessionId, endedBecause, ip, userAgent });
  return { id, type, outcome, occurredAt: occurredAt.toISOString(), ...known };
}

/** The members that there are. */
function present<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const there = Object.entries(members).filter(([, value]) => value !== null);
  return Object.fromEntries(there) as { [K in keyof T]?: NonNullable<T[K]> };
}
