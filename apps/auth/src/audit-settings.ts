import type { Identified } from '@holdfast/service-defaults';
import type { AnomalySettings } from './anomalies/anomalies.module.js';
import type { AuditSettings } from './audit/audit.module.js';
import type { AuthConfig } from './config.js';

/** What the audit trail needs of the configuration. */
export function auditSettings(config: Identified<AuthConfig>): AuditSettings {
  return {
    instanceId: config.INSTANCE_ID,
    secret: config.AUDIT_SECRET,
    previous: config.AUDIT_SECRET_PREVIOUS,
    keepMs: { security: config.AUDIT_SECURITY_RETENTION_MS, activity: config.AUDIT_ACTIVITY_RETENTION_MS },
  };
}

/** What the detectors of anomalies need, and who shows what they found. Where clients carry their sessions nothing can be done to one. */
export function anomalySettings(config: AuthConfig): AnomalySettings {
  return {
    traceUrl: config.TRACE_URL,
    actions: (config.SESSION_STRATEGY !== 'token' && config.ANOMALY_ACTIONS) || new Map(),
    thresholds: {
      failureWindowMs: config.ANOMALY_FAILURE_WINDOW_MS,
      accountFailures: config.ANOMALY_ACCOUNT_FAILURES,
      addressFailures: config.ANOMALY_ADDRESS_FAILURES,
      addressAccounts: config.ANOMALY_ADDRESS_ACCOUNTS,
      spreadAccounts: config.ANOMALY_SPREAD_ACCOUNTS,
      spreadAddresses: config.ANOMALY_SPREAD_ADDRESSES,
      sessionsPerHour: config.ANOMALY_SESSIONS_PER_HOUR,
      guestsPerMinute: config.ANOMALY_GUESTS_PER_MINUTE,
      refreshesPerMinute: config.ANOMALY_REFRESHES_PER_MINUTE,
      requestsPerMinute: config.ANOMALY_REQUESTS_PER_MINUTE,
    },
  };
}
