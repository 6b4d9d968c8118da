import type { DiscoverySource, Member } from '@holdfast/balancer-core';
import type { Redis } from 'ioredis';
import { Announcement } from './announcement.js';
import { Nudges } from './nudges.js';
import { ANNOUNCE, LIST, WITHDRAW } from './scripts.js';
import { Watcher } from './watcher.js';

const MEMBERS = 'hf:{registry}:members';
const LEASES = 'hf:{registry}:leases';
const CHANNEL = 'hf:registry';
const LEASE_MS = 3_000;

/** What the registry needs of an ioredis client. `duplicate` gives the connection that subscribes. */
export type RegistryRedis = Pick<Redis, 'eval' | 'duplicate'>;

/**
 * Who runs where, in Redis. Each member holds a lease of 3 s and renews it every 500 ms: one that dies vanishes
 * by itself. Changes are nudged over pub/sub, so watchers see them within milliseconds; they also ask every 500 ms.
 *
 * Redis away: heartbeats go on trying and watchers keep the members they know.
 */
export class RedisRegistry implements DiscoverySource {
  readonly leaseMs = LEASE_MS;
  readonly #announcements = new Map<string, Announcement>();
  readonly #watchers = new Set<Watcher>();
  #nudges: Nudges | undefined;

  /** `redis` stays the caller's: `close` does not end it. */
  constructor(private readonly redis: RegistryRedis) {}

  /**
   * Lists a member and keeps it listed until `withdraw` or `close`. Settles when the registry has it:
   * while Redis is away that is not yet, and it goes on trying.
   */
  async announce(member: Member): Promise<void> {
    const former = this.#announcements.get(member.id);
    if (former) await former.stop();
    const announcement = new Announcement(member, (current) => this.#write(current));
    this.#announcements.set(member.id, announcement);
    await announcement.listed;
  }

  /** Lists an announced member as draining: balancers stop choosing it within milliseconds. Nothing if it was not announced here. */
  async drain(id: string): Promise<void> {
    const announcement = this.#announcements.get(id);
    await announcement?.change({ ...announcement.member, state: 'draining' });
  }

  /** Lists a drained member as ready again. Nothing if it was not announced here. */
  async undrain(id: string): Promise<void> {
    const announcement = this.#announcements.get(id);
    await announcement?.change({ ...announcement.member, state: 'ready' });
  }

  /** Takes an announced member off the list. If Redis is away its lease runs out instead. */
  async withdraw(id: string): Promise<void> {
    const announcement = this.#announcements.get(id);
    if (!announcement) return;
    this.#announcements.delete(id);
    await announcement.stop();
    await this.redis
      .eval(WITHDRAW, 2, MEMBERS, LEASES, id, announcement.member.startedAt, CHANNEL)
      .catch(() => undefined);
  }

  /** The members whose lease holds now. Rejects if Redis does not answer. */
  async list(): Promise<readonly Member[]> {
    const rows = (await this.redis.eval(LIST, 2, MEMBERS, LEASES)) as (string | null)[];
    return rows.filter((row) => row !== null).map((row) => JSON.parse(row) as Member);
  }

  /**
   * Calls `onChange` with all members, first as soon as they are known and then whenever they change. A service
   * that had members never gets none: its last known ones stay until others come. `pollMs`: how often it asks
   * where no nudge came; default 500.
   */
  watch(onChange: (members: readonly Member[]) => void, pollMs?: number): { stop(): void } {
    this.#nudges ??= new Nudges(this.redis, CHANNEL, () => {
      for (const watcher of this.#watchers) watcher.nudge();
    });
    const watcher = new Watcher(this, onChange, pollMs);
    this.#watchers.add(watcher);
    return {
      stop: () => {
        watcher.stop();
        this.#watchers.delete(watcher);
      },
    };
  }

  /** Withdraws what was announced here and stops watching. */
  async close(): Promise<void> {
    for (const watcher of this.#watchers) watcher.stop();
    this.#watchers.clear();
    this.#nudges?.close();
    await Promise.all([...this.#announcements.keys()].map((id) => this.withdraw(id)));
  }

  async #write(member: Member): Promise<void> {
    const { id, startedAt } = member;
    await this.redis.eval(
      ANNOUNCE,
      2,
      MEMBERS,
      LEASES,
      id,
      JSON.stringify(member),
      startedAt,
      LEASE_MS,
      CHANNEL,
    );
  }
}
