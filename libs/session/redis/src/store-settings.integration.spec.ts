import { RedisServer } from '@holdfast/session-testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRedis, type Redis } from './create-redis.js';
import { checkStoreSettings } from './store-settings.js';

let server: RedisServer;
let redis: Redis;

beforeAll(async () => {
  server = await RedisServer.start();
  redis = createRedis({ url: server.url }, 'general');
});

afterAll(async () => {
  redis.disconnect();
  await server.dispose();
});

it('finds nothing wrong with one Redis that evicts nothing', async () => {
  expect(await checkStoreSettings(redis, 'local')).toEqual([]);
});

it('names what would lose sessions', async () => {
  await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
  expect(await checkStoreSettings(redis, 'replicated')).toEqual([
    { kind: 'unsafe', message: expect.stringContaining('maxmemory-policy is allkeys-lru') },
    { kind: 'unsafe', message: expect.stringContaining('min-replicas-to-write is 0') },
  ]);
  await redis.config('SET', 'maxmemory-policy', 'noeviction');
});

it('says that it cannot see them where CONFIG is forbidden', async () => {
  await redis.acl('SETUSER', 'limited', 'on', 'nopass', '~*', '+@all', '-config');
  const limited = createRedis({ url: server.url.replace('//', '//limited:any@') }, 'general');
  expect(await checkStoreSettings(limited, 'local')).toEqual([
    { kind: 'unknown', message: expect.stringContaining('maxmemory-policy cannot be checked') },
  ]);
  limited.disconnect();
});
