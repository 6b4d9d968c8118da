import { createRedis, type Redis } from '@holdfast/session-redis';

/** A run of operations: how long, and how much processor time of this process and of the Redis primary. */
export interface Measured {
  readonly perSecond: number;
  /** Microseconds of processor time an operation takes in this process. */
  readonly ownMicros: number;
  /** … and in the Redis primary. */
  readonly redisMicros: number;
}

/** Measures `count` operations that `run` carries out. */
export async function measure(redis: Redis, count: number, run: () => Promise<unknown>): Promise<Measured> {
  const [redisBefore, ownBefore, from] = [await cpuMicros(redis), process.cpuUsage(), performance.now()];
  await run();
  const seconds = (performance.now() - from) / 1_000;
  const own = process.cpuUsage(ownBefore);
  return {
    perSecond: count / seconds,
    ownMicros: (own.user + own.system) / count,
    redisMicros: ((await cpuMicros(redis)) - redisBefore) / count,
  };
}

/** A connection to look at a server through. */
export function lookAt(url: string): Redis {
  return createRedis({ url }, 'general');
}

/** A figure of `INFO`. */
export async function infoNumber(redis: Redis, section: string, name: string): Promise<number> {
  const found = new RegExp(`^${name}:(.+)$`, 'm').exec(await redis.info(section))?.[1];
  return Number(found ?? Number.NaN);
}

async function cpuMicros(redis: Redis): Promise<number> {
  const [user, system] = [
    await infoNumber(redis, 'cpu', 'used_cpu_user'),
    await infoNumber(redis, 'cpu', 'used_cpu_sys'),
  ];
  return (user + system) * 1_000_000;
}
