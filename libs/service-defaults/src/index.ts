export {
  auditEvent,
  auditEventSchema,
  chainOf,
  systemEvent,
  tidied,
  type AuditChainName,
  type AuditDetail,
  type AuditEvent,
  type AuditNote,
  type AuditType,
} from './audit/audit-event.js';
export { AUDIT_FIELD, AUDIT_STREAM, AuditStream } from './audit/audit-stream.js';
export { AuditStreamModule } from './audit/audit-stream.module.js';
export { DATABASE_POOL, DatabaseModule } from './database.module.js';
export { secret, serviceEnvironment, type ServiceConfig } from './environment.js';
export { ProblemFilter } from './http/problem.filter.js';
export { securityHeaders } from './http/security-headers.js';
export {
  installRequestContext,
  remainingMs,
  requestOrigin,
  travellingHeaders,
  withoutDeadline,
  type RequestOrigin,
} from './http/request-context.js';
export { useBodyParsers } from './http/body-parsers.js';
export { bindContracts } from './http/route-contracts.js';
export { validationPipe } from './http/validation-pipe.js';
export { requestIdFrom } from './http/request-id.js';
export { RouteTable } from './http/route-table.js';
export { addressBlock } from './limits/address-block.js';
export { insuredLimiter, spend, type LimiterSettings, type Spent } from './limits/insured-limiter.js';
export { createLogger, type Logger } from './logging/logger.js';
export { NestLogger } from './logging/nest-logger.js';
export { ConfigError, loadConfig } from './config.js';
export { Exposition } from './metrics/exposition.js';
export {
  Durations,
  DurationSeries,
  statusClass,
  Tally,
  TallySeries,
  type HotMetricOptions,
  type Labels,
} from './metrics/hot-metrics.js';
export { MetricsModule } from './metrics/metrics.module.js';
export { measureRequests } from './metrics/request-metrics.js';
export { timedAccess } from './metrics/timed-access.js';
export { JournalListeners, NEAR_VIEW, NearModule } from './near.module.js';
export { giveNotice, NoticeListener, type KeyNotice, type Notice, type SessionNotice } from './notices.js';
export { readOrExit } from './read-or-exit.js';
export { Readiness, type ReadinessState } from './readiness.js';
export { REDIS_GENERAL, REDIS_READ, REDIS_WRITE, RedisModule, SENTINELS } from './redis.module.js';
export { type Identified, type ServiceName } from './service-identity.js';
export { ServiceCredentials } from './service-credentials.js';
export {
  createSessionManager,
  createSessionStore,
  type NearView,
  type SessionPowers,
} from './session-manager.js';
export { createService, type RunningService, type ServiceOptions } from './create-service.js';
export { type HealthCheck } from './health/dependency-health.js';
export { ProbesModule, type ProbesOptions } from './health/probes.module.js';
export { runService, type RunOptions } from './run-service.js';
export { RegistryRedisModule } from './registry-redis.module.js';
export { remoteJwks } from './remote-jwks.js';
export { ServiceDefaultsModule, storeHealth, type ServiceExtras } from './service-defaults.module.js';
export {
  activeSpan,
  runInSpan,
  tracedHeaders,
  traceIdOf,
  type ActiveSpan,
  type EndSpan,
  type SpanAttributes,
} from './tracing/active-span.js';
export { traceRequests } from './tracing/trace-requests.js';
export {
  startTracing,
  type RequestSpan,
  type TracedRequest,
  type Tracing,
  type TracingSettings,
} from './tracing/tracing.js';
export { settled } from './settled.js';
export { tokenSessionOptions, type TokenAuthority } from './token-sessions.module.js';
