import { randomBytes, randomUUID } from 'node:crypto';
import { createRedis, type Redis } from '@holdfast/session-redis';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { linkServer, type ServerLink } from '../testing/server-link.js';
import { Ceilings } from './ceilings.js';
import { ThrottleKeys } from './throttle-keys.js';

const keys = new ThrottleKeys(randomBytes(32).toString('base64url'));
let link: ServerLink;
let redis: Redis;

beforeAll(async () => {
  link = await linkServer(process.env['TEST_REDIS_URL']);
  redis = createRedis({ url: link.url }, 'general');
  redis.on('error', () => undefined);
  await redis.ping();
});
afterAll(async () => {
  redis.disconnect();
  await link.close();
});

/** How many of so many at once are let through. */
async function passed(ceilings: Ceilings, times: number, address: string): Promise<number> {
  const taken = Array.from({ length: times }, () => ceilings.take('refresh', address));
  return (await Promise.allSettled(taken)).filter(({ status }) => status === 'fulfilled').length;
}

describe('Ceilings', () => {
  it('lets so many of one address through in a second, of all instances together', async () => {
    const [one, other] = [new Ceilings(redis, keys, 10), new Ceilings(redis, keys, 10)];
    const address = randomUUID();
    const counts = await Promise.all([passed(one, 20, address), passed(other, 20, address)]);
    expect(counts.reduce((sum, count) => sum + count)).toBe(10);
    await expect(one.take('refresh', address)).rejects.toMatchObject({
      code: 'ERR_RATE_LIMITED',
      extensions: { retryAfterSeconds: 1 },
    });
    await expect(one.take('refresh', randomUUID())).resolves.toBeUndefined();
    await expect(one.take('guest', address)).resolves.toBeUndefined();
  });

  it('has none where it is 0', async () => {
    expect(await passed(new Ceilings(redis, keys, 0), 500, randomUUID())).toBe(500);
  });

  it('counts by itself while Redis is away', async () => {
    link.cut();
    expect(await passed(new Ceilings(redis, keys, 10), 20, randomUUID())).toBe(10);
    link.heal();
  });
});
