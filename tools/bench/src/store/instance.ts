import { randomBytes } from 'node:crypto';
import {
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
  type SessionClient,
} from '@holdfast/session-core';
import { Belief, createRedis, RedisSessionStore, UnfencedAccess, type Access } from '@holdfast/session-redis';

const secret = (): string => randomBytes(32).toString('base64url');

/** The keys of one bench run. */
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
/** What seals in this bench. */
export const sealing = new Sealing({ secret: secret() });

/** Who writes the sessions' data here. */
export const OWNER = 'bench';

/** The browser that sessions are begun from: a common one, with the longest of the common user agents. */
export const CLIENT: SessionClient = {
  ip: '203.0.113.77',
  userAgent:
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};

/** A session manager as auth has one, with its own connections. */
export interface Instance {
  readonly store: RedisSessionStore;
  readonly manager: SessionManager;
}

/** Connects to the Redis at this address, and believes it whatever becomes of it. */
export function connectInstance(url: string, durability: 'replicated' | 'local'): Instance {
  const [read, write] = [createRedis({ url }, 'read'), createRedis({ url }, 'write')];
  return instanceOf(new UnfencedAccess({ read, write, durability }));
}

/** Connects as the services do: on a lease, with the acknowledgement of all replicas. The data set is reconciled. */
export async function connectBelieving(url: string): Promise<Instance> {
  const [read, write] = [createRedis({ url }, 'read'), createRedis({ url }, 'write')];
  const belief = new Belief({ read, write, durability: 'replicated', instance: 'bench' });
  while (belief.state !== 'fresh') await belief.look().catch(() => undefined);
  return instanceOf(belief);
}

function instanceOf(access: Access): Instance {
  const store = new RedisSessionStore({ access, ids, sealing, tombstoneMs: 86_400_000, patienceMs: 10_000 });
  const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: secret() } }, ids);
  const settings = DEFAULT_SESSION_SETTINGS;
  const manager = new SessionManager({ store, ids, refreshTokens, settings, owner: OWNER });
  return { store, manager };
}
