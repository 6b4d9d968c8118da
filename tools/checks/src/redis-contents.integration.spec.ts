import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { RedisRegistry } from '@holdfast/balancer-redis';
import { defineNamespace } from '@holdfast/session-core';
import { Belief, createRedis, createSessions, markReconciled, type Redis } from '@holdfast/session-redis';
import { RedisServer } from '@holdfast/session-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { plain, tableRows } from './markdown.js';
import { read } from './spec/outsider.js';

const TYPES: Readonly<Record<string, string>> = { zset: 'sorted set' };
/** Made by auth and the gateway, which no library is. */
const OF_AUTH = /^hf:(rl:|resealing|audit)/;
const client = { ip: '::1', userAgent: 'spec' };

const documented = tableRows(read('docs/reference/redis-keys.md'))
  .map((row) => ({ key: plain(row['key']), type: plain(row['type']), lives: plain(row['lives']) }))
  .filter(({ key, type }) => type !== 'channel' && !OF_AUTH.test(key))
  .map(({ key, type, lives }) => ({
    key,
    type,
    ends: !lives.startsWith('for ever'),
    pattern: patternOf(key),
  }));

function patternOf(key: string): RegExp {
  const escaped = key.replace('{registry}', '\\{registry\\}').replace('{user}', '\\{[\\w-]+\\}');
  return new RegExp(`^${escaped.replace(/<[^>]*>/g, '[\\w-]+')}$`);
}

let server: RedisServer;
let redis: Redis;
let members: RedisRegistry;
let found: readonly { readonly key: string; readonly type: string; readonly ends: boolean }[];

async function keepSessions(url: string): Promise<void> {
  const secrets = randomBytes(32).toString('base64url');
  const { manager, close } = createSessions({ redis: url, secrets, owner: 'spec' });
  const cart = defineNamespace({ name: 'cart', owner: 'spec', schema: z.object({ items: z.int() }) });
  const begin = async (userId: string) => {
    const { session } = await manager.begin({ userId, roles: ['user'], client });
    await manager.namespace(cart).update(session.record.sessionId, () => ({ items: 1 }));
    return session.record.sessionId;
  };
  const [claimed, left, ada] = [await begin('guest-1'), await begin('guest-2'), await begin('ada')];
  await manager.replace(claimed);
  await manager.adopt(claimed, ada);
  await manager.replace(left);
  await manager.revokeAll('grace', 'revoked');
  await close();
}

/** A process that beats. Closed, it takes back what it has said. */
async function beat(url: string): Promise<Belief> {
  const [forReads, forWrites] = [createRedis({ url }, 'read'), createRedis({ url }, 'write')];
  const belief = new Belief({ read: forReads, write: forWrites, instance: 'spec-1', durability: 'local' });
  await once(forWrites, 'ready');
  await belief.look();
  return belief;
}

beforeAll(async () => {
  server = await RedisServer.start();
  redis = createRedis({ url: server.url }, 'general');
  await markReconciled(redis);
  members = new RedisRegistry(redis);
  const who = { id: 'spec-1', service: 'spec', url: 'http://127.0.0.1:1', pid: 1, startedAt: 1 };
  await Promise.all([keepSessions(server.url), members.announce({ ...who, state: 'ready' })]);
  const belief = await beat(server.url);
  const keys = await redis.keys('*');
  found = await Promise.all(
    keys.map(async (key) => ({ key, type: await redis.type(key), ends: (await redis.pttl(key)) > 0 })),
  );
  await belief.close();
});
afterAll(async () => {
  await members.close();
  await redis.quit();
  await server.dispose();
});

describe('what the libraries keep in Redis', () => {
  it('is documented, with its type and whether it ends by itself', () => {
    for (const { key, type, ends } of found) {
      const [row] = documented.filter(({ pattern }) => pattern.test(key));
      expect({ key, type: TYPES[type] ?? type, ends }).toEqual({ key, type: row?.type, ends: row?.ends });
    }
  });

  it('is all that is documented', () => {
    const unseen = documented.filter(({ pattern }) => !found.some(({ key }) => pattern.test(key)));
    expect(unseen.map(({ key }) => key)).toEqual([]);
    expect(documented.length).toBeGreaterThan(0);
  });
});
