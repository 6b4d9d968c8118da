import type { anomalySchema } from '@holdfast/contracts';
import type { AuditDetail } from '@holdfast/service-defaults';
import type { z } from 'zod';
import type { AuditRow } from '../audit/chain.js';

type Anomaly = z.infer<typeof anomalySchema>;

/** The name of a detector. */
export type DetectorName = Anomaly['detector'];
/** How bad a finding is. */
export type Severity = Anomaly['severity'];
/** What follows from a finding. */
export type AnomalyAction = Anomaly['action'];

/** What detectors look at of an event. */
export type Seen = Pick<
  AuditRow,
  'type' | 'outcome' | 'occurredAt' | 'userId' | 'sessionId' | 'endedBecause' | 'ip' | 'userAgent' | 'detail'
>;

/** What a detector found: how bad, about whom, and the figures that made it say so. */
export interface Finding {
  readonly detector: DetectorName;
  readonly severity: Severity;
  readonly userId?: string | null;
  readonly sessionId?: string | null;
  readonly ip?: string | null;
  readonly evidence: AuditDetail;
}

/**
 * Looks for one kind of anomaly in a row of events. Its state is bounded and follows from the events alone: the same
 * events make the same findings.
 */
export interface Detector {
  /** Takes the next event; the time is the event's. `undefined`: nothing is wrong, as far as it can see. */
  see(event: Seen): Finding | undefined;
}
