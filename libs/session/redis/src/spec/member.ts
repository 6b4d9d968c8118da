import { randomUUID } from 'node:crypto';
import { Belief, type BeliefState } from '../belief.js';
import { createRedis, type Redis, type RedisConfig } from '../create-redis.js';
import { LuaScript } from '../lua-script.js';
import { withPatience } from '../patience.js';
import { connectSentinels } from '../sentinels.js';
import { eventually } from './eventually.js';
import type { RedisFleet } from './redis-fleet.js';

const PUT = new LuaScript(`redis.call('SET', KEYS[1], ARGV[1]) return {'done'}`);

/** A process of a fleet: its connections, and what it believes. */
export class Member {
  readonly read: Redis;
  readonly write: Redis;
  readonly belief: Belief;
  /** States and their reasons, in their order. */
  readonly heard: string[] = [];
  readonly acknowledged: string[] = [];

  /** `config`: where it finds the primary. Default: as the Sentinels say. */
  constructor(fleet: RedisFleet, config: RedisConfig = fleet.config) {
    this.read = createRedis(config, 'read');
    this.write = createRedis(config, 'write');
    this.belief = new Belief({
      read: this.read,
      write: this.write,
      instance: randomUUID(),
      durability: 'replicated',
      sentinels: connectSentinels(fleet.config),
      onChange: (state, reason) => this.heard.push(`${state}: ${reason}`),
    });
  }

  /** Writes a key, repeated for so many milliseconds. */
  async put(key: string, patienceMs = 3_000): Promise<void> {
    await withPatience(patienceMs, () => this.belief.write(PUT, key, [randomUUID()]));
    this.acknowledged.push(key);
  }

  /** Reads a key once: rejects if the answer is not believed. */
  get(key: string): Promise<string | null> {
    return this.belief.ask(() => this.read.get(key));
  }

  async becomes(...states: readonly BeliefState[]): Promise<void> {
    await eventually(() => {
      if (!states.includes(this.belief.state)) throw new Error(this.heard.join('\n'));
    });
  }

  /** Writes all the time until it is told to stop. */
  load(clients = 8): () => Promise<void> {
    let isOver = false;
    const client = async (): Promise<void> => {
      while (!isOver) await this.put(`put:${randomUUID()}`).catch(() => undefined);
    };
    const clients_ = Array.from({ length: clients }, client);
    return async () => {
      isOver = true;
      await Promise.all(clients_);
    };
  }

  /** What was acknowledged and is not there. */
  async lost(): Promise<readonly string[]> {
    const found = await Promise.all(this.acknowledged.map((key) => withPatience(3_000, () => this.get(key))));
    return this.acknowledged.filter((_key, at) => found[at] === null);
  }

  close(): Promise<void> {
    return this.belief.close();
  }
}
