/** One event of one's own account, of `GET /auth/activity`. */
export interface ActivityEvent {
  readonly id: string;
  readonly type: string;
  readonly outcome: 'success' | 'failure';
  readonly occurredAt: string;
  readonly sessionId?: string | undefined;
  readonly endedBecause?: string | undefined;
  readonly ip?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly byAdministrator: boolean;
}

type Detail = Readonly<Record<string, string | number | boolean>>;

/** One event of the audit trail, of `GET /platform/audit`. */
export interface AuditEvent extends Omit<ActivityEvent, 'byAdministrator'> {
  readonly chain: 'security' | 'activity';
  readonly sequence: number;
  readonly recordedAt: string;
  readonly userId?: string | undefined;
  readonly actorId?: string | undefined;
  readonly requestId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly detail?: Detail | undefined;
}

/** What a detector found, of `GET /platform/anomalies`. */
export interface Anomaly {
  readonly id: string;
  readonly detector: string;
  readonly severity: 'low' | 'medium' | 'high';
  readonly action: 'notify' | 'step-up' | 'end';
  readonly foundAt: string;
  readonly userId?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly ip?: string | undefined;
  readonly evidence: Detail;
}

/** A page of the trail. */
export interface AuditPageAnswer {
  readonly events: readonly AuditEvent[];
  readonly nextCursor: string | null;
}
/** A page of findings. */
export interface AnomalyPageAnswer {
  readonly anomalies: readonly Anomaly[];
  readonly nextCursor: string | null;
}
/** A page of what happened to one's own account. */
export interface ActivityPageAnswer {
  readonly events: readonly ActivityEvent[];
  readonly nextCursor: string | null;
}
