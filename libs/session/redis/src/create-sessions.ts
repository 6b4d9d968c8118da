import {
  checkSettings,
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
  type RefreshKeyRing,
  type RevocationLedger,
  type SealingSecrets,
  type SessionSettings,
} from '@holdfast/session-core';
import type { Access } from './access.js';
import { createRedis } from './create-redis.js';
import { RedisSessionStore } from './redis-session-store.js';
import { UnfencedAccess } from './unfenced-access.js';

/** One secret for each purpose, so that not every process need have all. Each is base64url of 32 bytes or more. */
export interface SessionSecrets {
  /** Names sessions and recognises their ids. */
  readonly session: string;
  /** Seals what Redis keeps. While a secret is replaced: the new one and those before it. */
  readonly sealing: string | SealingSecrets;
  /**
   * Makes refresh tokens; one alone has the key id `1`. While it is replaced: a ring. Default: none; such a process
   * finds and ends sessions, and begins none.
   */
  readonly refresh?: string | RefreshKeyRing;
}

/** How sessions in Redis are made. */
export interface SessionsOptions {
  /**
   * `redis://host:port` of one Redis, which is believed whatever it says. Or how to reach Redis: a `Belief` where
   * another one may become the primary. `close` closes it.
   */
  readonly redis: string | Access;
  /** The same in every process: one for all purposes (keys are derived from it, RFC 5869), or one for each. */
  readonly secrets: string | SessionSecrets;
  /** What differs from `DEFAULT_SESSION_SETTINGS`. */
  readonly settings?: Partial<SessionSettings>;
  /** Whose namespaces of session data this process may write. Default: nobody's. */
  readonly owner?: string;
  /** Where revocations are recorded before they are carried out. Default: none; what Redis loses is then undone. */
  readonly ledger?: RevocationLedger;
}

/** The sessions of a process. */
export interface Sessions {
  readonly manager: SessionManager;
  /** Answers what is under way, then ends the connections. */
  close(): Promise<void>;
}

/**
 * Sessions in Redis, put together. It connects by itself, for as long as it takes; what is asked while Redis is away
 * rejects with `StoreUnavailableError` after 3 seconds.
 *
 * @throws TypeError if a secret is too short or a setting is out of range
 */
export function createSessions({ redis, owner, ledger, ...options }: SessionsOptions): Sessions {
  const settings = checkSettings({ ...DEFAULT_SESSION_SETTINGS, ...options.settings });
  const secrets = forEachPurpose(options.secrets);
  const ids = new SessionIds(SessionKeys.fromSecret(secrets.session));
  const sealing = new Sealing(sealingSecrets(secrets.sealing));
  const refreshTokens =
    secrets.refresh === undefined ? undefined : new RefreshTokens(keyRing(secrets.refresh), ids);
  // Last: what throws before leaves no connection behind.
  const access = typeof redis === 'string' ? believing(redis) : redis;
  const store = new RedisSessionStore({ access, ids, sealing, tombstoneMs: settings.tombstoneMs });
  const manager = new SessionManager({
    store,
    ids,
    settings,
    ...(refreshTokens && { refreshTokens }),
    ...(owner !== undefined && { owner }),
    ...(ledger && { ledger }),
  });
  return { manager, close: () => store.close() };
}

function forEachPurpose(secrets: string | SessionSecrets): SessionSecrets {
  return typeof secrets === 'string' ? { session: secrets, sealing: secrets, refresh: secrets } : secrets;
}

function sealingSecrets(given: string | SealingSecrets): SealingSecrets {
  return typeof given === 'string' ? { secret: given } : given;
}

function keyRing(given: string | RefreshKeyRing): RefreshKeyRing {
  return typeof given === 'string' ? { activeKeyId: '1', keys: { '1': given } } : given;
}

function believing(url: string): Access {
  return new UnfencedAccess({
    read: createRedis({ url }, 'read'),
    write: createRedis({ url }, 'write'),
    durability: 'local',
  });
}
