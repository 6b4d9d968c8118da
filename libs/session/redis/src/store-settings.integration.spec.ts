import { RedisServer } from '@holdfast/session-testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createRedis, type Redis } from './create-redis.js';
import { connectSentinels, Sentinels } from './sentinels.js';
import { eventually } from './spec/eventually.js';
import { RedisFleet } from './spec/redis-fleet.js';
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

it('sees by the Sentinels which replica would be promoted whatever it has', async () => {
  const fleet = await RedisFleet.start();
  const sentinels = connectSentinels(fleet.config);
  const check = () => checkStoreSettings(fleet.nodes[0].redis, 'replicated', sentinels);
  await eventually(async () => expect(await sentinels?.replicaPriorities()).toEqual([100, 100]));
  expect(await check()).toEqual([]);
  await fleet.nodes[1].redis.config('SET', 'replica-priority', 10);
  const [{ redis: sentinel }] = fleet.sentinels; // it would look again in ten seconds
  await sentinel.call('SENTINEL', 'REMOVE', 'holdfast');
  await sentinel.call('SENTINEL', 'MONITOR', 'holdfast', '127.0.0.1', fleet.nodes[0].port, 2);
  await eventually(async () =>
    expect(await check()).toEqual([
      { kind: 'unsafe', message: expect.stringContaining('replica-priority is not the same everywhere') },
    ]),
  );
  sentinels?.close();
  await fleet.stop();
});

it('says that it cannot see it where no Sentinel answers', async () => {
  const sentinels = new Sentinels([{ host: '127.0.0.1', port: 1 }]);
  const faults = await checkStoreSettings(redis, 'replicated', sentinels);
  expect(faults).toContainEqual({
    kind: 'unknown',
    message: expect.stringContaining('replica-priority cannot be checked'),
  });
  sentinels.close();
});
