import type { Redis, StoreNode } from '@holdfast/session-redis';
import { expect, it } from '@jest/globals';
import { storeNodes } from './store-nodes.js';

const said = [
  '# Replication',
  'role:master',
  'connected_slaves:2',
  'slave0:ip=127.0.0.1,port=7002,state=online,offset=900,lag=1',
  'slave1:ip=127.0.0.1,port=7003,state=wait_bgsave,offset=0,lag=0',
  'master_repl_offset:1000',
].join('\r\n');

/** What the connection says of a primary at 7001; `undefined`: it does not answer. */
const redisThat = (text?: string) => ({
  info: async () => {
    if (text === undefined) throw new Error('away');
    return text;
  },
  stream: { remoteAddress: '::ffff:127.0.0.1', remotePort: 7001 } as Redis['stream'],
  options: { host: 'redis.example', port: 7001 },
});
const sentinelsThat = (...nodes: StoreNode[]) => ({ nodes: async () => nodes });
const node = (port: number, role: StoreNode['role'], isUp = true): StoreNode => ({
  address: `127.0.0.1:${port}`,
  role,
  isUp,
});
const inWords = (nodes: Awaited<ReturnType<typeof storeNodes>>) =>
  nodes.map(({ id, role, up, lagBytes }) => `${id} ${role} ${up ? 'up' : 'down'} ${String(lagBytes)}`);

it('is what the primary says of itself and its replicas, with the names of the fleet', async () => {
  const fleet = [7001, 7002].map((port, n) => ({
    id: `redis-${n + 1}`,
    role: 'redis-replica',
    pid: 1,
    port,
  }));
  expect(inWords(await storeNodes({ redis: redisThat(said) }, fleet))).toEqual([
    'redis-1 primary up 0',
    'redis-2 replica up 100',
    '127.0.0.1:7003 replica down 1000',
  ]);
});

it('takes from the Sentinels whom the primary does not know', async () => {
  const sentinels = sentinelsThat(node(7001, 'primary'), node(7002, 'replica'), node(7009, 'replica', false));
  expect(inWords(await storeNodes({ redis: redisThat(said), sentinels })).slice(3)).toEqual([
    '127.0.0.1:7009 replica down null',
  ]);
});

it('is what the Sentinels say while no primary answers, and that nobody is there where there are none', async () => {
  const sentinels = sentinelsThat(node(7001, 'replica', false), node(7002, 'primary'));
  expect(inWords(await storeNodes({ redis: redisThat(), sentinels }))).toEqual([
    '127.0.0.1:7001 replica down null',
    '127.0.0.1:7002 primary up null',
  ]);
  expect(inWords(await storeNodes({ redis: redisThat() }))).toEqual(['redis.example:7001 primary down null']);
});
