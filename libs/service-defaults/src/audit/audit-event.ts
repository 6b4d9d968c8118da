import { randomUUID } from 'node:crypto';
import { ACTIVITY_EVENTS, auditTypeSchema, endedBecauseSchema } from '@holdfast/contracts';
import { z } from 'zod';
import { requestOrigin } from '../http/request-context.js';

const LONGEST_TEXT = 256;

/** What is particular to one type of event: flat, and never a secret. */
export type AuditDetail = Readonly<Record<string, string | number | boolean>>;

/** What happened, as it is told before the trail gives it a place. */
export const auditEventSchema = z.object({
  eventId: z.uuid(),
  type: auditTypeSchema,
  outcome: z.enum(['success', 'failure']),
  occurredAt: z.int().min(0),
  userId: z.string().optional(),
  actorId: z.string().optional(),
  sessionId: z.string().optional(),
  endedBecause: endedBecauseSchema.optional(),
  ip: z.string().optional(),
  userAgent: z.string().optional(),
  requestId: z.string().optional(),
  traceId: z.string().optional(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

/**
 * What happened: `eventId`, unique; `occurredAt`, epoch milliseconds of the process; whom it is about (`userId`), who
 * did it where that is somebody else (`actorId`), in which session, why it ended, from where, in which request and trace.
 */
export type AuditEvent = Readonly<z.infer<typeof auditEventSchema>> & { readonly detail?: AuditDetail };

/** What an event may be. */
export type AuditType = AuditEvent['type'];

/** The chain that an event belongs to: what is about security is kept longer. */
export type AuditChainName = 'security' | 'activity';

const ACTIVITY: ReadonlySet<AuditType> = new Set(ACTIVITY_EVENTS);

/** The chain of a type of event. */
export function chainOf(type: AuditType): AuditChainName {
  return ACTIVITY.has(type) ? 'activity' : 'security';
}

/** An event as every database takes it: no text is longer than 256 characters, none has a NUL or half a character. */
export function tidied(event: AuditEvent): AuditEvent {
  const clean = (_name: string, value: unknown): unknown =>
    typeof value === 'string'
      ? value
          .slice(0, LONGEST_TEXT)
          .replaceAll('\0', '')
          .replace(/\p{Surrogate}/gu, '\ufffd')
      : value;
  return JSON.parse(JSON.stringify(event), clean) as AuditEvent;
}

/** What is said of an event; the rest follows from the moment and the request that is being served. */
export type AuditNote = Omit<AuditEvent, 'eventId' | 'occurredAt' | 'outcome'> &
  Partial<Pick<AuditEvent, 'eventId' | 'occurredAt' | 'outcome'>>;

/**
 * The event that a note makes: a success unless it says otherwise, with where the request came from that is being served.
 * Who did it is whoever that request's session belongs to, guests apart; the trail drops that where it is whom the event
 * is about.
 */
export function auditEvent(note: AuditNote, origin = requestOrigin()): AuditEvent {
  if (!origin) return systemEvent(note);
  const { session, ip, userAgent, requestId, traceId } = origin;
  const actorId = session?.isGuest === false ? session.userId : undefined;
  return systemEvent({ ip, userAgent, requestId, traceId, actorId, ...note });
}

/** As `auditEvent`, of what no request has asked for. */
export function systemEvent(note: AuditNote): AuditEvent {
  return tidied({ eventId: randomUUID(), occurredAt: Date.now(), outcome: 'success', ...note });
}
