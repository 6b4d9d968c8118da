import { randomBytes } from 'node:crypto';
import {
  DEFAULT_SESSION_SETTINGS,
  RefreshTokens,
  Sealing,
  SessionIds,
  SessionKeys,
  SessionManager,
} from '@holdfast/session-core';
import { createRedis } from '../create-redis.js';
import { RedisSessionStore } from '../redis-session-store.js';
import { UnfencedAccess } from '../unfenced-access.js';

/** A secret as the configuration has it. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What an instance may differ in. */
export interface InstanceOptions {
  /** Default: the same for all. */
  readonly sealing?: Sealing;
  /** Default: `spec`. */
  readonly owner?: string;
}

/** Instances of one service: they share their keys, and each has its own connections. */
export class Instances {
  readonly ids = new SessionIds(SessionKeys.fromSecret(newSecret()));
  readonly sealing = new Sealing({ secret: newSecret() });
  readonly #refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: newSecret() } }, this.ids);
  readonly #stores: RedisSessionStore[] = [];

  /** One more, on the Redis at this address. */
  add(url: string, { sealing = this.sealing, owner = 'spec' }: InstanceOptions = {}) {
    const [read, write] = [createRedis({ url }, 'read'), createRedis({ url }, 'write')];
    const access = new UnfencedAccess({ read, write, durability: 'local' });
    const { ids } = this;
    const store = new RedisSessionStore({ access, ids, sealing, tombstoneMs: 60_000 });
    this.#stores.push(store);
    const settings = DEFAULT_SESSION_SETTINGS;
    const refreshTokens = this.#refreshTokens;
    const manager = new SessionManager({ store, ids, refreshTokens, settings, owner });
    return { store, manager };
  }

  async close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }
}
