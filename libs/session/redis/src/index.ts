export { NotBelievedError, type Access } from './access.js';
export { Belief, type BeliefOptions } from './belief.js';
export { createRedis, type Redis, type RedisConfig, type RedisRole } from './create-redis.js';
export {
  createSessions,
  type SessionSecrets,
  type Sessions,
  type SessionsOptions,
} from './create-sessions.js';
export type { BeliefState } from './doubt.js';
export { Journal, type JournalOptions, type JournalProgress } from './journal.js';
export { JournalAcknowledgements, type JournalAcknowledgementsOptions } from './journal-acknowledgements.js';
export { type Heard } from './journal-entry.js';
export { countLiveSessions, type LiveSessionsOptions } from './live-sessions.js';
export { markReconciled, Reconciler, type ReconcilerOptions } from './reconciler.js';
export { RedisSessionStore, type RedisSessionStoreOptions } from './redis-session-store.js';
export { Resealer, type ResealerOptions, type ResealProgress } from './resealer.js';
export { connectSentinels, Sentinels, type StoreNode } from './sentinels.js';
export { checkStoreSettings, type StoreFault } from './store-settings.js';
export { UnfencedAccess, type UnfencedAccessOptions } from './unfenced-access.js';
