import {
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
  type RefreshKeyRing,
  type RevocationLedger,
  type SessionSettings,
} from '@holdfast/session-core';
import { RedisSessionStore, UnfencedAccess, type Redis } from '@holdfast/session-redis';
import type { ServiceConfig } from './environment.js';

/** What a process may do with sessions besides reading them. Default: nothing. */
export interface SessionPowers {
  /** Whose namespaces it may write: the service's name. */
  readonly owner?: string | undefined;
  /** Auth only: who has them can begin and refresh sessions. */
  readonly refreshKeys?: RefreshKeyRing | undefined;
  /** Auth only: every revocation goes through it first. Default: none; what Redis loses is then undone. */
  readonly ledger?: RevocationLedger | undefined;
}

/** The session manager of a process, over its Redis connections. */
export function createSessionManager(
  config: ServiceConfig,
  redis: { readonly read: Redis; readonly write: Redis },
  { owner, refreshKeys, ledger }: SessionPowers = {},
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
    ...(owner !== undefined && { owner }),
    ...(refreshKeys && { refreshTokens: new RefreshTokens(refreshKeys, ids) }),
    ...(ledger && { ledger }),
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
