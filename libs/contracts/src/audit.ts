import { z } from 'zod';
import {
  activityPageSchema,
  anomalyPageSchema,
  auditOutcomeSchema,
  auditPageSchema,
  auditTypeSchema,
  DETECTORS,
  severitySchema,
} from './audit-events.js';
import { pageQuery, pageQueryUpTo } from './pagination.js';
import { route, type RouteContract } from './route.js';

const MOST_OF_A_PAGE = 200;
const page = pageQueryUpTo(MOST_OF_A_PAGE, 50).shape;
const userId = z.uuid().toLowerCase().optional();

/** Query of `GET /platform/audit`. What is left out is not asked for; `from` is inclusive, `to` is not. */
export const auditQuery = z.strictObject({
  ...page,
  userId: userId.meta({ description: 'Whom it is about, or who did it.' }),
  sessionId: z.string().min(1).max(128).optional(),
  type: auditTypeSchema.optional(),
  outcome: auditOutcomeSchema.optional(),
  from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Recorded then or later.' }),
  to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Recorded before.' }),
});

/** Query of `GET /platform/anomalies`. */
export const anomaliesQuery = z.strictObject({
  ...page,
  userId,
  detector: z.enum(DETECTORS).optional(),
  severity: severitySchema.optional(),
});

/** A validated query of `GET /platform/audit`. */
export type AuditQuery = z.output<typeof auditQuery>;
/** A validated query of `GET /platform/anomalies`. */
export type AnomaliesQuery = z.output<typeof anomaliesQuery>;

/**
 * Body of the internal `POST /internal/audit/actions`: what an administrator did to the platform by way of a service
 * that keeps no trail of its own. `action`: what was done, as `drain` or `fault`; `target`: to what.
 */
export const auditActionBody = z.strictObject({
  eventId: z.uuid(),
  action: z.string().regex(/^[a-z][a-z-]{0,39}$/),
  target: z.string().min(1).max(128),
  outcome: auditOutcomeSchema.default('success'),
  actorId: z.uuid().toLowerCase(),
  sessionId: z.string().min(1).max(128).optional(),
  ip: z.string().max(64).optional(),
  userAgent: z.string().max(1024).optional(),
  detail: z.record(z.string().max(40), z.union([z.string().max(256), z.number(), z.boolean()])).optional(),
});

/** The routes by which the audit trail is read. */
export const auditRoutes = {
  activity: route({
    service: 'auth',
    method: 'GET',
    path: '/auth/activity',
    summary: 'What happened to your account and sessions, newest first',
    access: 'session',
    query: pageQuery,
    responses: { 200: { description: 'A page of your events.', schema: activityPageSchema } },
    errors: [],
  }),
  platformAudit: route({
    service: 'auth',
    method: 'GET',
    path: '/platform/audit',
    summary: 'The audit trail, newest first',
    access: 'audit:read',
    query: auditQuery,
    responses: { 200: { description: 'A page of the trail.', schema: auditPageSchema } },
    errors: [],
  }),
  platformAnomalies: route({
    service: 'auth',
    method: 'GET',
    path: '/platform/anomalies',
    summary: 'What the detectors found, newest first',
    access: 'audit:read',
    query: anomaliesQuery,
    responses: { 200: { description: 'A page of findings.', schema: anomalyPageSchema } },
    errors: [],
  }),
} as const satisfies Record<string, RouteContract>;
