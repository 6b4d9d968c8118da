import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askRedis, converse, MASTER_NAME, vote } from '@holdfast/fleet-client';
import { RedisServer } from '@holdfast/session-testing';
import type { StoreLayout } from './layout.js';
import { replicationOf } from './replication.js';
import { awaitFollower, electedPrimary, switchPrimary } from './switch-primary.js';
import { within } from './within.js';

const CLIENTS = 8;
const LONG_MS = 20_000;
const silent = (): void => undefined;

/** Writes without a pause through whom the Sentinel names; keeps what was acknowledged. */
function writeLoad(sentinelPort: number) {
  const acknowledged: string[] = [];
  let over = false;
  const client = async (): Promise<void> => {
    while (!over) {
      const port = await vote(sentinelPort);
      const keys = Array.from({ length: 50 }, () => `k:${randomUUID()}`);
      const commands = keys.map((key) => `SET ${key} 1`);
      const answers = port === undefined ? undefined : await converse(port, commands);
      const lines = answers?.split('\r\n') ?? [];
      acknowledged.push(...keys.filter((_key, at) => lines[at] === '+OK'));
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    acknowledged,
    async stop(): Promise<void> {
      over = true;
      await Promise.all(clients);
    },
  };
}

describe('a planned switch of the primary', () => {
  let servers: Record<string, RedisServer>;
  let sentinels: readonly RedisServer[];
  let layout: StoreLayout;

  const serverOf = (id: string): RedisServer => servers[id] as RedisServer;
  /** Whether a Sentinel knows both replicas and both other Sentinels, and doubts nobody. */
  const viewOf = async (port: number): Promise<boolean> => {
    const replicas = (await askRedis(port, `SENTINEL replicas ${MASTER_NAME}`)) ?? '';
    const others = (await askRedis(port, `SENTINEL sentinels ${MASTER_NAME}`)) ?? '';
    const known = (list: string): number => list.split('\r\nname\r\n').length - 1;
    const doubted = /s_down|o_down|disconnected/.test(replicas + others);
    return known(replicas) === 2 && known(others) === 2 && !doubted;
  };
  const whole = (): Promise<true | undefined> =>
    within(LONG_MS, async () => {
      const primary = await electedPrimary(layout);
      const seen = primary === undefined ? undefined : await replicationOf(primary.port);
      const views = await Promise.all(sentinels.map(({ port }) => viewOf(port)));
      return seen?.followers === 2 && views.every((view) => view) ? true : undefined;
    });

  beforeAll(async () => {
    const primary = await RedisServer.start();
    const replicaOf = ['--replicaof', '127.0.0.1', String(primary.port)];
    servers = {
      'redis-1': primary,
      'redis-2': await RedisServer.start(...replicaOf),
      'redis-3': await RedisServer.start(...replicaOf),
    };
    const settings = [
      `SENTINEL MONITOR ${MASTER_NAME} 127.0.0.1 ${primary.port} 2`,
      `SENTINEL SET ${MASTER_NAME} down-after-milliseconds 500 failover-timeout 10000`,
    ];
    sentinels = await Promise.all([1, 2, 3].map(() => RedisServer.startSentinel()));
    await Promise.all(sentinels.map(({ port }) => converse(port, settings)));
    layout = {
      nodes: Object.entries(servers).map(([id, { port }]) => ({ id, port })),
      sentinels: sentinels.map(({ port }, at) => ({ id: `sentinel-${at + 1}`, port })),
    };
    await whole();
  });

  afterAll(async () => {
    await Promise.all([...Object.values(servers), ...sentinels].map((server) => server.dispose()));
  });

  it('loses no acknowledged write under load, and the old primary follows the new one', async () => {
    const before = await electedPrimary(layout);
    const load = writeLoad(sentinels[0]?.port ?? 0);
    await within(LONG_MS, async () => (load.acknowledged.length > 5_000 ? true : undefined));
    const { from, to } = await switchPrimary(layout, silent);
    const atSwitch = load.acknowledged.length;
    await within(LONG_MS, async () => (load.acknowledged.length > atSwitch + 1_000 ? true : undefined));
    await load.stop();
    await awaitFollower(layout, from);
    expect(from).toBe(before?.id);
    expect(to).not.toBe(from);
    expect(load.acknowledged.length).toBeGreaterThan(atSwitch + 1_000);
    const there = await converse(
      serverOf(to).port,
      load.acknowledged.map((key) => `EXISTS ${key}`),
      LONG_MS,
    );
    expect(there?.match(/:0\r\n/g)).toBeNull();
    expect(there?.match(/:1\r\n/g)).toHaveLength(load.acknowledged.length);
  });

  it('cuts off who only reads at the old primary: it would stay there and read the past', async () => {
    await whole();
    const primary = await electedPrimary(layout);
    const reader = connect(primary?.port ?? 0, '127.0.0.1');
    await once(reader, 'connect');
    const closed = once(reader, 'close');
    const { from } = await switchPrimary(layout, silent);
    await closed;
    expect(from).toBe(primary?.id);
    await awaitFollower(layout, from);
  });

  it('pauses nothing for good when the replicas do not catch up: the old primary takes writes again', async () => {
    await whole();
    const primary = await electedPrimary(layout);
    const replicas = Object.keys(servers).filter((id) => id !== primary?.id);
    const hangThem = (line: string): void => {
      if (line.endsWith('takes no more writes.')) for (const id of replicas) serverOf(id).hang();
    };
    try {
      await expect(switchPrimary(layout, hangThem)).rejects.toThrow(
        /have not caught up .* stays the primary/,
      );
      expect(await askRedis(primary?.port ?? 0, 'SET still 1')).toBe('+OK\r\n');
    } finally {
      for (const id of replicas) serverOf(id).wake();
    }
    expect(await electedPrimary(layout)).toEqual(primary);
  });

  it('refuses without a pause when no replica is online', async () => {
    await whole();
    const primary = await electedPrimary(layout);
    const replicas = Object.keys(servers).filter((id) => id !== primary?.id);
    for (const id of replicas) serverOf(id).hang();
    const said: string[] = [];
    try {
      await expect(switchPrimary(layout, (line) => said.push(line))).rejects.toThrow(
        /No replica .* is online/,
      );
    } finally {
      for (const id of replicas) serverOf(id).wake();
    }
    expect(said).toEqual([]);
  });

  it('refuses where a replica that could be promoted follows nobody', async () => {
    await whole();
    const primary = await electedPrimary(layout);
    const [stray] = layout.nodes.filter(({ id }) => id !== primary?.id);
    await askRedis(stray?.port ?? 0, 'REPLICAOF 127.0.0.1 1');
    await within(LONG_MS, async () => ((await replicationOf(stray?.port ?? 0))?.linkUp ? undefined : true));
    await expect(switchPrimary(layout, silent)).rejects.toThrow(
      `${stray?.id} answers and does not follow ${primary?.id}: wait until it does.`,
    );
  });

  it('refuses where there is one node only, and where the Sentinels name nobody who answers', async () => {
    const [node] = layout.nodes;
    await expect(switchPrimary({ nodes: node ? [node] : [], sentinels: [] }, silent)).rejects.toThrow(
      /one Redis node/,
    );
    const strangers = layout.nodes.map(({ id }) => ({ id, port: 1 }));
    await expect(switchPrimary({ ...layout, nodes: strangers }, silent)).rejects.toThrow(/name no primary/);
  });
});
