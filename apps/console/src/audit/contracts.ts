import type {
  activityEventSchema,
  activityPageSchema,
  anomalyPageSchema,
  anomalySchema,
  auditEventSchema,
  auditPageSchema,
} from '@holdfast/contracts';
import type { z } from 'zod';

/** One event of one's own account, of `GET /auth/activity`. */
export type ActivityEvent = z.output<typeof activityEventSchema>;
/** One event of the audit trail, of `GET /platform/audit`. */
export type AuditEvent = z.output<typeof auditEventSchema>;
/** What a detector found, of `GET /platform/anomalies`. */
export type Anomaly = z.output<typeof anomalySchema>;
/** A page of the trail. */
export type AuditPageAnswer = z.output<typeof auditPageSchema>;
/** A page of findings. */
export type AnomalyPageAnswer = z.output<typeof anomalyPageSchema>;
/** A page of what happened to one's own account. */
export type ActivityPageAnswer = z.output<typeof activityPageSchema>;
