import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from './create-redis.js';

/** Keys that one step walks over: about a millisecond of Redis's time. */
const BATCH = 1_000;
/** The users' indexes: live sessions by their idle deadline. Tombstones are in none. */
const INDEXES = 'hf:{*}:i';
/** A step is followed by a rest of so many times its length: Redis is at it for less than a two-hundredth of the time. */
const RESTS = 200;

/** How a count goes about it. */
export interface LiveSessionsOptions {
  /** Ends the count, which then rejects. Default: nobody does. */
  readonly signal?: AbortSignal;
  /** Waits between two steps, milliseconds. Default: a timer. */
  readonly rest?: (ms: number) => Promise<unknown>;
}

/**
 * How many sessions are live, by the users' indexes: a walk over all keys by SCAN, a step at a time with long rests, so
 * that it takes as long as it takes and costs Redis under 0.5 % of its time. A session counts until its idle deadline,
 * as it was last written down. What begins or ends meanwhile is counted or not; while Redis resizes its table of keys a
 * user may be counted twice. Rejects if Redis goes away.
 *
 * @param redis - a connection of role `general`, to a replica as well; its owner closes it
 */
export async function countLiveSessions(
  redis: Pick<Redis, 'pipeline'>,
  { signal, rest = (ms) => sleep(ms, undefined, { signal, ref: false }) }: LiveSessionsOptions = {},
): Promise<number> {
  let live = 0;
  let cursor = '0';
  for (;;) {
    const startedAt = performance.now();
    const step = await countStep(redis, cursor);
    live += step.live;
    cursor = step.cursor;
    if (cursor === '0') return live;
    signal?.throwIfAborted();
    await rest(RESTS * (performance.now() - startedAt));
  }
}

async function countStep(
  redis: Pick<Redis, 'pipeline'>,
  from: string,
): Promise<{ readonly cursor: string; readonly live: number }> {
  const walk = redis.pipeline().scan(from, 'MATCH', INDEXES, 'COUNT', BATCH).time();
  const [[cursor, keys], [seconds]] = (await answersOf(walk)) as [[string, string[]], [string]];
  const counts = redis.pipeline();
  // A step may name a key twice.
  for (const key of new Set(keys)) counts.zcount(key, `(${Number(seconds) * 1_000}`, '+inf');
  const answers = (await answersOf(counts)) as number[];
  return { cursor, live: answers.reduce((sum, count) => sum + count, 0) };
}

/** Of all commands or of none. */
async function answersOf(pipeline: ReturnType<Redis['pipeline']>): Promise<unknown[]> {
  const answers = (await pipeline.exec()) ?? [];
  return answers.map(([error, answer]) => {
    if (error) throw error;
    return answer;
  });
}
