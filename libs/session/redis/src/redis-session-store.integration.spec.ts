import { randomBytes } from 'node:crypto';
import { Sealing } from '@holdfast/session-core';
import { runSessionStoreContract } from '@holdfast/session-testing';
import { createRedis } from './create-redis.js';
import { RedisSessionStore } from './redis-session-store.js';
import { ageUser } from './spec/age.js';
import { openSideDoor } from './spec/side-door.js';
import { UnfencedAccess } from './unfenced-access.js';

const sealing = new Sealing({ secret: randomBytes(32).toString('base64url') });

runSessionStoreContract('redis', async ({ ids, tombstoneMs }) => {
  const url = process.env['TEST_REDIS_URL'];
  if (!url) throw new Error('TEST_REDIS_URL is missing.');
  const connect = (role: 'read' | 'write') => createRedis({ url }, role);
  const side = openSideDoor(url);
  const store = new RedisSessionStore({
    access: new UnfencedAccess({ read: connect('read'), write: connect('write'), durability: 'local' }),
    ids,
    sealing,
    tombstoneMs,
  });
  return {
    store,
    now: async () => {
      const [seconds, micros] = await side.time();
      return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
    },
    advance: (userId, ms) => ageUser({ redis: side, ids, sealing }, ids.userTag(userId), ms),
    close: async () => {
      await store.close();
      await side.quit();
    },
  };
});
