import {
  DEFAULT_SESSION_SETTINGS,
  NearSessions,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
  type Acknowledgements,
  type NearCache,
  type RefreshKeyRing,
  type RevocationLedger,
  type RoutePolicy,
  type SessionSettings,
  type StoreState,
} from '@holdfast/session-core';
import { RedisSessionStore, type Access } from '@holdfast/session-redis';
import type { ServiceConfig } from './environment.js';
import { remainingMs } from './http/request-context.js';

/** What a process may do with sessions besides reading them. Default: nothing. */
export interface SessionPowers {
  /** Whose namespaces it may write: the service's name. */
  readonly owner?: string | undefined;
  /** Auth only: who has them can begin and refresh sessions. */
  readonly refreshKeys?: RefreshKeyRing | undefined;
  /** Auth only: every revocation goes through it first. Default: none; what Redis loses is then undone. */
  readonly ledger?: RevocationLedger | undefined;
  /** Who has heard of what ended. Default: what is in Redis all have heard of. */
  readonly acknowledgements?: Acknowledgements | undefined;
  /** Where sessions are kept near, and the journal that keeps them true. Default: Redis is asked each time. */
  readonly near?: NearView | undefined;
}

/** Sessions that are near. */
export interface NearView {
  readonly cache: NearCache;
  readonly state: () => StoreState;
  /** Hears of each request that is served although the store cannot be asked. */
  readonly onStale: (policy: RoutePolicy) => void;
  /** Hears of each session that is looked for (see `NearSessionsDeps`). */
  readonly onLook?: (ageMs: number | undefined) => void;
}

/**
 * The session manager of a process.
 *
 * @param access - how it reaches Redis: its `Belief`
 */
export function createSessionManager(
  config: ServiceConfig,
  access: Access,
  { owner, refreshKeys, ledger, acknowledgements, near }: SessionPowers = {},
): SessionManager {
  // One for both: it remembers which ids are genuine.
  const ids = sessionIds(config);
  const store = createSessionStore(config, access, ids);
  const settings = sessionSettings(config);
  return new SessionManager({
    store,
    ids,
    settings,
    ...(owner !== undefined && { owner }),
    ...(refreshKeys && { refreshTokens: new RefreshTokens(refreshKeys, ids) }),
    ...(ledger && { ledger }),
    ...(acknowledgements && { acknowledgements }),
    ...(near && { near: new NearSessions({ ...near, store, ids }) }),
  });
}

/** A session store alone: for who reconciles, over what nobody believes yet. */
export function createSessionStore(
  config: ServiceConfig,
  access: Access,
  ids = sessionIds(config),
): RedisSessionStore {
  return new RedisSessionStore({
    access,
    ids,
    sealing: new Sealing({ secret: config.SEALING_SECRET, previous: config.SEALING_SECRET_PREVIOUS }),
    tombstoneMs: DEFAULT_SESSION_SETTINGS.tombstoneMs,
    remainingMs,
  });
}

function sessionIds({ SESSION_SECRET }: ServiceConfig): SessionIds {
  return new SessionIds(SessionKeys.fromSecret(SESSION_SECRET));
}

/** How long sessions live, and how many there may be. */
export function sessionSettings(config: ServiceConfig): SessionSettings {
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
