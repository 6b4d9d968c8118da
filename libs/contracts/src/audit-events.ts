import { z } from 'zod';
import { nextCursor } from './pagination.js';
import { endedBecauseSchema } from './problem.js';

/** Events that change, or try to change, who may do what. Kept longer than what is mere activity. */
export const SECURITY_EVENTS = [
  'sign-in',
  'step-up',
  'account-registered',
  'account-disabled',
  'account-enabled',
  'roles-changed',
  'password-changed',
  'password-reset-requested',
  'password-reset',
  'second-factor-on',
  'second-factor-off',
  'recovery-codes-renewed',
  'session-ended',
  'sessions-ended',
  'keys-rotated',
  'admin-action',
  'anomaly',
  'events-lost',
  'trail-pruned',
] as const;

/** Events of a session's ordinary life. */
export const ACTIVITY_EVENTS = ['session-begun', 'session-refreshed', 'session-touched'] as const;

/** What an event of the audit trail is about. */
export const auditTypeSchema = z.enum([...SECURITY_EVENTS, ...ACTIVITY_EVENTS]);

/** How what was tried came out. */
export const auditOutcomeSchema = z.enum(['success', 'failure']);

/** What is particular to one type of event: flat, no secrets. */
const detail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const happened = {
  id: z.uuid().describe('Id of the event, the same wherever it is told of.'),
  type: auditTypeSchema,
  outcome: auditOutcomeSchema,
  occurredAt: z.iso.datetime().describe('By the clock of the process in which it happened.'),
  sessionId: z.string().optional(),
  endedBecause: endedBecauseSchema.optional().describe('Of an end: why.'),
  ip: z.string().optional().describe('The address that the gateway saw.'),
  userAgent: z.string().optional().describe('At most 256 characters.'),
};

/**
 * One event of the audit trail, as administrators see it. `chain` and `sequence` are its place in what
 * `npm run audit:verify` checks.
 */
export const auditEventSchema = z
  .object({
    ...happened,
    chain: z.enum(['security', 'activity']),
    sequence: z.int().min(1),
    recordedAt: z.iso.datetime().describe('When the trail took it in, by the clock of Postgres.'),
    userId: z.string().optional().describe('Whose account or session it is about.'),
    actorId: z.string().optional().describe('Who did it, where that is somebody else.'),
    requestId: z.string().optional(),
    traceId: z.string().optional().describe('Of the W3C trace that the request belongs to.'),
    traceUrl: z.url().optional().describe('Where that is shown, if the platform knows (`TRACE_URL`).'),
    detail: detail.optional(),
  })
  .meta({
    id: 'AuditEvent',
    examples: [
      {
        id: '0d5a3c0e-0d2c-4a36-9a7f-6f2f6f9a7e01',
        chain: 'security',
        sequence: 4211,
        type: 'session-ended',
        outcome: 'success',
        occurredAt: '2026-11-21T09:30:00.000Z',
        recordedAt: '2026-11-21T09:30:00.104Z',
        userId: '7f0a4a52-6f0e-4a53-9d4c-0a3c8f9d2b11',
        endedBecause: 'token-reuse',
      },
    ],
  });

/** A page of the trail, newest first. */
export const auditPageSchema = z
  .object({ events: z.array(auditEventSchema), nextCursor })
  .meta({ id: 'AuditPage' });

/** One event of one's own account. `byAdministrator`: somebody else did it. */
export const activityEventSchema = z
  .object({ ...happened, byAdministrator: z.boolean() })
  .meta({ id: 'ActivityEvent' });

/** A page of what happened to one's own account, newest first. */
export const activityPageSchema = z
  .object({ events: z.array(activityEventSchema), nextCursor })
  .meta({ id: 'ActivityPage' });

/** The detectors of anomalies. */
export const DETECTORS = [
  'refresh-reuse',
  'stuffing-account',
  'stuffing-address',
  'stuffing-spread',
  'session-moved',
  'too-many-sessions',
  'guest-burst',
  'impossible-rate',
] as const;

/** How bad a finding is. */
export const severitySchema = z.enum(['low', 'medium', 'high']);

/** What follows from a finding: somebody is told, the session must step up, or it ends. */
export const anomalyActionSchema = z.enum(['notify', 'step-up', 'end']);

/** What a detector found. `evidence`: the figures that made it say so. */
export const anomalySchema = z
  .object({
    id: z.uuid(),
    detector: z.enum(DETECTORS),
    severity: severitySchema,
    action: anomalyActionSchema,
    foundAt: z.iso.datetime(),
    userId: z.string().optional(),
    sessionId: z.string().optional(),
    ip: z.string().optional(),
    evidence: detail,
  })
  .meta({
    id: 'Anomaly',
    examples: [
      {
        id: '7c1b9d53-22c1-4e3b-8a4e-0a2d0f3b6c10',
        detector: 'stuffing-address',
        severity: 'high',
        action: 'notify',
        foundAt: '2026-11-21T09:30:00.000Z',
        ip: '203.0.113.7',
        evidence: { failures: 50, accounts: 41, windowMs: 600000 },
      },
    ],
  });

/** A page of findings, newest first. */
export const anomalyPageSchema = z
  .object({ anomalies: z.array(anomalySchema), nextCursor })
  .meta({ id: 'AnomalyPage' });
