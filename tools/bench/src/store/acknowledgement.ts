import { randomUUID } from 'node:crypto';
import { createRedis, markReconciled, type Redis } from '@holdfast/session-redis';
import { inFlight } from './in-flight.js';
import { CLIENT, connectBelieving, connectInstance, type Instance } from './instance.js';
import { measure } from './measure.js';

/** Writes a second, one way of acknowledging them. */
export interface WayToAcknowledge {
  readonly way: string;
  /** With one write under way at a time. */
  readonly one: number;
  /** With 64 under way at a time. */
  readonly many: number;
}

const MANY = 64;

/** Bare `SET`s: nobody waits; each waits for a replica by itself; all of a group wait together. */
export async function measureGroupCommit(url: string, count: number): Promise<readonly WayToAcknowledge[]> {
  const redis = createRedis({ url }, 'general');
  const set = (n: number) => redis.set(`bench:${n}`, 'x'.repeat(200), 'PX', 60_000);
  const alone = async (n: number): Promise<void> => {
    await redis.pipeline().set(`bench:${n}`, 'x'.repeat(200), 'PX', 60_000).wait(1, 100).exec();
  };
  const ways = [
    await ofWay('SET, nobody waits', redis, count, set),
    await ofWay('SET, each with a WAIT of its own', redis, count / 4, alone),
    await grouped(redis, count),
  ];
  await redis.quit();
  return ways;
}

/** Begins of sessions: as one replica has them, and as all have them and the primary is believed on a lease. */
export async function measureBelief(url: string, count: number): Promise<readonly WayToAcknowledge[]> {
  const redis = createRedis({ url }, 'general');
  await markReconciled(redis);
  const [one, all] = [connectInstance(url, 'replicated'), await connectBelieving(url)];
  const ways = [
    await ofWay('begin, one replica has it', redis, count, begins(one)),
    await ofWay('begin, all replicas have it, on a lease', redis, count, begins(all)),
  ];
  await Promise.all([one.store.close(), all.store.close()]);
  await redis.quit();
  return ways;
}

function begins({ manager }: Instance): () => Promise<unknown> {
  return () => manager.begin({ userId: randomUUID(), roles: ['user'], client: CLIENT });
}

async function ofWay(
  way: string,
  redis: Redis,
  count: number,
  operation: (n: number) => Promise<unknown>,
): Promise<WayToAcknowledge> {
  const perSecond = async (operations: number, atATime: number): Promise<number> =>
    (await measure(redis, operations, () => inFlight(operations, atATime, operation))).perSecond;
  await perSecond(count / 10, MANY); // warms up
  return { way, one: await perSecond(count / 4, 1), many: await perSecond(count, MANY) };
}

async function grouped(redis: Redis, count: number): Promise<WayToAcknowledge> {
  const group =
    (size: number) =>
    async (n: number): Promise<void> => {
      const pipeline = redis.pipeline();
      for (let k = 0; k < size; k += 1) pipeline.set(`bench:${n}:${k}`, 'x'.repeat(200), 'PX', 60_000);
      await pipeline.wait(1, 100).exec();
    };
  const perSecond = async (size: number, operations: number): Promise<number> =>
    (await measure(redis, operations, () => inFlight(operations / size, 1, group(size)))).perSecond;
  return {
    way: `SET, groups with one WAIT`,
    one: await perSecond(1, count / 4),
    many: await perSecond(MANY, count),
  };
}
