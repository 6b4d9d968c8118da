import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { converse, MASTER_NAME, type ProcessRole } from '@holdfast/fleet-client';
import {
  allGone,
  byId,
  childrenOf,
  comesBack,
  FleetBench,
  idsOf,
  kill,
  primaryOf,
  read,
  TEST_TIMEOUT_MS,
  WITHIN,
  write,
} from './fixtures/fleet-bench.js';
import type { TestFleet } from './start-fleet.js';
import { until } from './until.js';

const bench = new FleetBench();
let fleet: TestFleet;

/** For 5 s after an election the Sentinels may hold another for nothing: they still count opinions on the primary before. */
const calm = (): Promise<void> => sleep(6_000);

beforeAll(async () => {
  fleet = await bench.start();
}, TEST_TIMEOUT_MS);
afterAll(async () => {
  await bench.stopAll();
  bench.delete();
}, TEST_TIMEOUT_MS);

describe('a running fleet', () => {
  it('leaves one entry per process', () => {
    const expected: Partial<Record<ProcessRole, number>> = {
      gateway: 2,
      auth: 2,
      user: 2,
      order: 2,
      'redis-primary': 1,
      'redis-replica': 2,
      'redis-sentinel': 3,
      postgres: 1,
    };
    const counts = Object.keys(expected).map((role) => [role, idsOf(fleet, role as ProcessRole).length]);
    expect(Object.fromEntries(counts)).toEqual(expected);
    const pids = fleet.processes().map(({ pid }) => pid);
    expect(new Set(pids).size).toBe(15);
    expect(pids.some((pid) => allGone([pid]))).toBe(false);
  });

  it.each(['run.json', 'secrets.json', 'launcher.json', 'env/auth.env', 'logs/order-1.log'])(
    'keeps %s for its owner alone',
    (file) => {
      expect(statSync(join(fleet.home, file)).mode & 0o777).toBe(0o600);
    },
  );

  it('answers at its address', async () => {
    expect(await (await fetch(fleet.url)).text()).toMatch(/^gateway-[12]$/);
  });

  it.each(['order-1', 'gateway-2', 'sentinel-1', 'postgres', 'redis-3'])(
    'brings %s back under its id when it is killed',
    async (id) => {
      const before = byId(fleet, id);
      kill(before);
      expect(await comesBack(fleet, before)).toBe(true);
      expect(byId(fleet, id).role).toBe(before.role);
      expect(fleet.processes()).toHaveLength(15);
    },
    TEST_TIMEOUT_MS,
  );

  it('has each Sentinel notice a dead primary in half a second, also one that was killed and is back', async () => {
    for (const id of ['sentinel-1', 'sentinel-2', 'sentinel-3']) {
      const { port } = byId(fleet, id);
      const said = await converse(port, [`SENTINEL MASTER ${MASTER_NAME}`, 'SENTINEL DEBUG']);
      const fields = (said ?? '').split('\r\n').filter((line) => !/^[$*]/.test(line));
      expect(fields[fields.indexOf('down-after-milliseconds') + 1]).toBe('500');
      expect(fields[fields.indexOf('PING-PERIOD') + 1]).toBe('200');
    }
  });

  it('brings back a process that ended in good order', async () => {
    const before = byId(fleet, 'user-1');
    process.kill(before.pid, 'SIGTERM');
    expect(await comesBack(fleet, before)).toBe(true);
  });

  it('brings Postgres back when it was asked to wait for connections that never leave', async () => {
    const before = byId(fleet, 'postgres');
    const environment = readFileSync(join(fleet.home, 'env/order.env'), 'utf8');
    const [, server = ''] = /^DATABASE_URL=(.*)\/holdfast_order$/m.exec(environment) ?? [];
    const client = new pg.Client({ connectionString: `${server}/postgres` });
    client.on('error', () => undefined);
    await client.connect();
    process.kill(before.pid, 'SIGTERM');
    expect(await comesBack(fleet, before)).toBe(true);
  });

  it('brings the gateway back when the parent of its workers is killed', async () => {
    const [parent] = await childrenOf(fleet.pid, 'gateway');
    const workers = ['gateway-1', 'gateway-2'].map((id) => byId(fleet, id));
    kill({ pid: parent ?? 0 });
    for (const worker of workers) expect(await comesBack(fleet, worker)).toBe(true);
    expect(allGone(workers.map(({ pid }) => pid))).toBe(true);
  });

  it('replaces the process that would end all others, should that be killed itself', async () => {
    const [reaper] = await childrenOf(fleet.pid, 'reaper.js');
    kill({ pid: reaper ?? 0 });
    const replaced = async (): Promise<boolean> => {
      const [now] = await childrenOf(fleet.pid, 'reaper.js');
      return now !== undefined && now !== reaper;
    };
    expect(await until(replaced, WITHIN)).toBe(true);
  });
});

describe('the fleet’s Redis', () => {
  it('brings a killed primary back as a replica of the one that was elected', async () => {
    const before = primaryOf(fleet);
    expect(await write(before.port, 'elected', 'yes')).toBe(true);
    kill(before);
    expect(await until(() => primaryOf(fleet).id !== before.id, WITHIN)).toBe(true);
    expect(await comesBack(fleet, before)).toBe(true);
    expect(byId(fleet, before.id).role).toBe('redis-replica');
    expect(await read(primaryOf(fleet).port, 'elected')).toBe('yes');
  });

  it('tells of a deposed primary that was hung only', async () => {
    const before = primaryOf(fleet);
    process.kill(before.pid, 'SIGSTOP');
    expect(await until(() => primaryOf(fleet).id !== before.id, WITHIN)).toBe(true);
    process.kill(before.pid, 'SIGCONT');
    expect(byId(fleet, before.id)).toMatchObject({ role: 'redis-replica', pid: before.pid });
    const answers = (): Promise<boolean> => write(primaryOf(fleet).port, 'hung', 'no');
    expect(await until(answers, WITHIN)).toBe(true);
  });

  it('starts again with the node that was primary last, alone or with all, and loses nothing', async () => {
    const { home } = fleet;
    await calm();
    const elect = primaryOf(fleet);
    kill(elect);
    expect(await until(() => primaryOf(fleet).id !== elect.id, WITHIN)).toBe(true);
    expect(await until(() => write(primaryOf(fleet).port, 'generation', '1'), WITHIN)).toBe(true);
    expect(await bench.stop(fleet)).toBe(0);
    const last = fleet
      .output()
      .match(/redis-\d(?= is the Redis primary now)/g)
      ?.at(-1);

    const alone = await bench.start({ home, args: ['--minimal'] });
    expect(idsOf(alone, 'redis-primary')).toEqual([last]);
    expect(alone.processes()).toHaveLength(6);
    expect(await read(primaryOf(alone).port, 'generation')).toBe('1');
    expect(await write(primaryOf(alone).port, 'generation', '2', 0)).toBe(true);
    expect(await bench.stop(alone)).toBe(0);

    fleet = await bench.start({ home });
    expect(primaryOf(fleet).id).toBe(last);
    expect(await read(primaryOf(fleet).port, 'generation')).toBe('2');
  });

  it('comes back with its data when all nodes are killed at once', async () => {
    const nodes = ['redis-1', 'redis-2', 'redis-3'].map((id) => byId(fleet, id));
    expect(await until(() => write(primaryOf(fleet).port, 'survivor', 'all'), WITHIN)).toBe(true);
    for (const node of nodes) kill(node);
    for (const node of nodes) expect(await comesBack(fleet, node)).toBe(true);
    const serves = async (): Promise<boolean> => (await read(primaryOf(fleet).port, 'survivor')) === 'all';
    expect(await until(serves, WITHIN)).toBe(true);
    expect(await until(() => write(primaryOf(fleet).port, 'after', 'all'), WITHIN)).toBe(true);
  });
});
