import type { Redis } from '../create-redis.js';

/** What lies under one key, as bytes. */
export interface DumpedKey {
  readonly key: string;
  readonly parts: readonly Buffer[];
}

/** All that a Redis holds, as somebody would see it who reads its memory: keys, fields, members and values. */
export async function dumpRedis(redis: Redis): Promise<readonly DumpedKey[]> {
  const keys = await redis.keys('*');
  return Promise.all(keys.map(async (key) => ({ key, parts: await partsOf(redis, key) })));
}

async function partsOf(redis: Redis, key: string): Promise<readonly Buffer[]> {
  const type = await redis.type(key);
  if (type === 'string') return [(await redis.getBuffer(key)) ?? Buffer.alloc(0)];
  if (type === 'zset') return redis.zrangeBuffer(key, '0', '-1');
  if (type === 'hash') {
    const fields = Object.keys(await redis.hgetall(key));
    const values = await redis.hmgetBuffer(key, ...fields);
    return [...fields.map((field) => Buffer.from(field)), ...values.map((value) => value ?? Buffer.alloc(0))];
  }
  throw new Error(`${key} is a ${type}: say how to read it`);
}
