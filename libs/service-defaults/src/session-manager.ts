import {
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
  type RefreshKeyRing,
  type SessionSettings,
} from '@holdfast/session-core';
import { RedisSessionStore, UnfencedAccess, type Redis } from '@holdfast/session-redis';
import type { ServiceConfig } from './environment.js';

/** The session manager of a process, over its Redis connections. `ring` is for auth only: who has it can begin and refresh sessions. */
export function createSessionManager(
  config: ServiceConfig,
  redis: { readonly read: Redis; readonly write: Redis },
  ring?: RefreshKeyRing,
): SessionManager {
  const ids = new SessionIds(SessionKeys.fromSecret(config.SESSION_SECRET));
  const settings = sessionSettings(config);
  const store = new RedisSessionStore({
    access: new UnfencedAccess({ ...redis, durability: config.SESSION_DURABILITY }),
    ids,
    sealing: new Sealing({ secret: config.SEALING_SECRET, previous: config.SEALING_SECRET_PREVIOUS }),
    tombstoneMs: settings.tombstoneMs,
  });
  return new SessionManager({
    store,
    ids,
    settings,
    ...(ring && { refreshTokens: new RefreshTokens(ring, ids) }),
  });
}

function sessionSettings(config: ServiceConfig): SessionSettings {
  return {
    ...DEFAULT_SESSION_SETTINGS,
    idleTimeoutMs: config.SESSION_IDLE_TIMEOUT_MS,
    absoluteTimeoutMs: config.SESSION_ABSOLUTE_TIMEOUT_MS,
    rememberMeTimeoutMs: config.SESSION_REMEMBER_ME_TIMEOUT_MS,
    rememberMeIdleTimeoutMs: config.SESSION_REMEMBER_ME_IDLE_TIMEOUT_MS,
    guestTimeoutMs: config.SESSION_GUEST_TIMEOUT_MS,
    guestIdleTimeoutMs: config.SESSION_GUEST_IDLE_TIMEOUT_MS,
    refreshWindowMs: config.SESSION_REFRESH_WINDOW_MS,
    sessionsPerUser: config.SESSION_LIMIT_PER_USER,
  };
}
