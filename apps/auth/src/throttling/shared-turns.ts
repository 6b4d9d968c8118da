import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { rateLimited } from './rate-limited.js';
import { ENTER, LEAVE } from './turn-scripts.js';

/** What attempts at one key queue for: as many run at once, over all instances, as may fail. */
export interface SharedQueue {
  /** The keys in Redis under which failures are counted: those in the window, and those in a row. */
  readonly counters: readonly [window: string, row: string];
  readonly failures: number;
}

/** An attempt that died leaves its place after so long. Longer than proving takes, hashing behind others included. */
const RUNNING_LEASE_MS = 30_000;
/** One that waits says so again and again. */
const WAITING_LEASE_MS = 2_000;
const PATIENCE_MS = 10_000;
const POLL_MS = 20;

/**
 * Lets no more attempts on one key run at once than may fail, over all instances: each takes a place in a queue in
 * Redis before it proves anything, and gives it back when its failure is counted. First come, first served. While Redis
 * is away nobody queues here: each process then counts, and takes turns, by itself.
 */
export class SharedTurns {
  constructor(private readonly redis: Redis) {}

  /**
   * Runs `task` when it may in all queues. It must count its failure before it settles. `ERR_RATE_LIMITED` after 10 s
   * of waiting.
   *
   * @param check - rejects where no more may fail, and the attempt with it
   */
  async run<T>(
    queues: readonly SharedQueue[],
    check: () => Promise<unknown>,
    task: () => Promise<T>,
  ): Promise<T> {
    const ticket = randomBytes(9).toString('base64url');
    try {
      await this.admission(queues, ticket, check);
      return await task();
    } finally {
      await this.leave(queues, ticket);
    }
  }

  private async admission(queues: readonly SharedQueue[], ticket: string, check: () => Promise<unknown>) {
    const startedAt = performance.now();
    while (!(await this.enter(queues, ticket))) {
      await check();
      if (performance.now() - startedAt > PATIENCE_MS) throw rateLimited('Too many sign-ins at once', 1_000);
      await pause(POLL_MS * (0.5 + Math.random()));
    }
  }

  private async enter(queues: readonly SharedQueue[], ticket: string): Promise<boolean> {
    if (this.redis.status !== 'ready') return true;
    const keys = queues.flatMap(({ counters }) => [...counters, ...placesOf(counters)]);
    const limits = queues.map(({ failures }) => failures);
    const leases = [WAITING_LEASE_MS, RUNNING_LEASE_MS];
    const admitted = this.redis.eval(ENTER, keys.length, ...keys, ticket, ...leases, ...limits);
    return admitted.then(
      (answer) => answer === 1,
      () => true,
    );
  }

  private async leave(queues: readonly SharedQueue[], ticket: string): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const keys = queues.flatMap(({ counters }) => placesOf(counters));
    // Where that fails the lease ends it.
    await this.redis.eval(LEAVE, keys.length, ...keys, ticket).catch(() => undefined);
  }
}

function placesOf([window]: SharedQueue['counters']): readonly [order: string, leases: string] {
  return [`${window}:queue`, `${window}:leases`];
}
