import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Member } from '@holdfast/balancer-core';
import { Redis } from 'ioredis';
import { RedisRegistry } from './redis-registry.js';

// Leases take seconds to run out.

const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** A registry serves a whole platform, so each test looks only at a service of its own. */
const service = `svc-${Math.random().toString(36).slice(2)}`;
const cleanUps: (() => unknown)[] = [];
/** For what must happen; and a polling that never helps. */
const PATIENCE_MS = 10_000;
const NEVER_MS = 3_600_000;

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function openRegistry(url = REDIS_URL): RedisRegistry {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    retryStrategy: () => 50,
  });
  redis.on('error', () => undefined);
  const registry = new RedisRegistry(redis);
  cleanUps.push(async () => {
    await registry.close();
    redis.disconnect();
  });
  return registry;
}

let count = 0;
function member(startedAt = Date.now()): Member {
  const id = `${service}-${++count}`;
  return { id, service, url: `http://127.0.0.1:${count}`, state: 'ready', pid: process.pid, startedAt };
}

async function listed(registry: RedisRegistry): Promise<readonly Member[]> {
  return (await registry.list()).filter((entry) => entry.service === service);
}

/** Follows this test's service: what is known now, and a wait for what should come. */
function follow(registry: RedisRegistry, pollMs?: number) {
  let members: readonly Member[] = [];
  registry.watch((all) => (members = all.filter((entry) => entry.service === service)), pollMs);
  const until = async (holds: (now: readonly Member[]) => boolean) => {
    const startedAt = performance.now();
    while (!holds(members)) {
      if (performance.now() - startedAt > PATIENCE_MS) throw new Error(`still ${JSON.stringify(members)}`);
      await sleep(2);
    }
  };
  return { until, now: () => members };
}

describe('RedisRegistry', () => {
  it('tells others of an announced member, of its drain, of that being undone and of its withdrawal, without being asked', async () => {
    const [announcer, watcher] = [openRegistry(), openRegistry()];
    const seen = follow(watcher, NEVER_MS);
    // Until the subscription stands nobody is told; of several one is heard of at last.
    while (seen.now().length === 0) await announcer.announce(member());
    const one = member();
    await announcer.announce(one);
    await seen.until((members) => members.some(({ id }) => id === one.id));
    await announcer.drain(one.id);
    const isDraining = (entry: Member) => entry.id === one.id && entry.state === 'draining';
    await seen.until((members) => members.some(isDraining));
    await announcer.undrain(one.id);
    await seen.until((members) => members.some(({ id, state }) => id === one.id && state === 'ready'));
    await announcer.withdraw(one.id);
    await seen.until((members) => members.every((entry) => entry.id !== one.id));
  });

  it('keeps a member listed for longer than a lease', async () => {
    const registry = openRegistry();
    await registry.announce(member());
    await sleep(3_500);
    expect(await listed(registry)).toHaveLength(1);
  });

  it('loses an announcer that was killed when its lease ends, and not its service', async () => {
    const registry = openRegistry();
    const seen = follow(registry);
    await registry.announce(member());
    const killed = await announceInProcess(member());
    await seen.until((members) => members.length === 2);
    killed.kill('SIGKILL');
    await seen.until((members) => members.length === 1);
  });

  it('never empties a service: its last member stays until another comes', async () => {
    const [announcer, watcher] = [openRegistry(), openRegistry()];
    const seen = follow(watcher);
    const [last, next] = [member(), member()];
    await announcer.announce(last);
    await seen.until((members) => members.length === 1);
    await announcer.withdraw(last.id);
    expect(await listed(watcher)).toHaveLength(0);
    await sleep(700);
    expect(seen.now()).toHaveLength(1);
    await announcer.announce(next);
    await seen.until((members) => members.length === 1 && members[0]?.id === next.id);
  });

  it('does not let a former run take the id back, nor withdraw its successor', async () => {
    const [former, successor] = [openRegistry(), openRegistry()];
    const old = member(1_000);
    const young = { ...old, startedAt: 2_000, url: 'http://127.0.0.1:9' };
    await former.announce(old);
    await successor.announce(young);
    await sleep(700);
    expect(await listed(former)).toEqual([young]);
    await former.withdraw(old.id);
    expect(await listed(former)).toEqual([young]);
  });

  it('does not list again what it has withdrawn', async () => {
    const registry = openRegistry();
    const one = member();
    const announcing = registry.announce(one);
    await registry.withdraw(one.id);
    await announcing;
    await sleep(700);
    expect(await listed(registry)).toHaveLength(0);
  });

  describe('while Redis is away', () => {
    let proxy: CuttableProxy;
    beforeEach(async () => {
      proxy = await CuttableProxy.open(REDIS_URL);
      cleanUps.push(() => proxy.close());
    });

    it('keeps the members it knows, also when it finds their leases run out, until they had time to renew', async () => {
      const registry = openRegistry(proxy.url);
      const seen = follow(registry);
      // Both announced through the link that is cut: nobody can renew.
      await registry.announce(member());
      await registry.announce(member());
      await seen.until((members) => members.length === 2);
      await proxy.cut();
      await sleep(3_500);
      expect(seen.now()).toHaveLength(2);
      await proxy.mend();
      for (let look = 0; look < 20; look++) {
        expect(seen.now()).toHaveLength(2);
        await sleep(50);
      }
      const direct = openRegistry();
      await untilListed(direct, 2);
    });

    it('announces as soon as Redis is back', async () => {
      await proxy.cut();
      const registry = openRegistry(proxy.url);
      let announced = false;
      const announcing = registry.announce(member()).then(() => (announced = true));
      await sleep(300);
      expect(announced).toBe(false);
      await proxy.mend();
      await announcing;
      expect(await listed(openRegistryNow())).toHaveLength(1);
    });
  });
});

function openRegistryNow(): RedisRegistry {
  const redis = new Redis(REDIS_URL);
  cleanUps.push(() => redis.disconnect());
  return new RedisRegistry(redis);
}

async function untilListed(registry: RedisRegistry, expected: number): Promise<void> {
  for (let look = 0; look < 100; look++) {
    const members = await listed(registry).catch(() => []);
    if (members.length === expected) return;
    await sleep(50);
  }
  throw new Error(`never ${expected}`);
}

/** A process of its own that only announces, so that it can be killed. It runs plain JavaScript over the scripts' contract. */
async function announceInProcess(announced: Member): Promise<ChildProcess> {
  const { ANNOUNCE } = await import('./scripts.js');
  const program = `
    const { Redis } = require('ioredis');
    const [url, script, member] = process.argv.slice(1);
    const { id, startedAt } = JSON.parse(member);
    const redis = new Redis(url);
    const beat = () => redis.eval(script, 2, 'hf:{registry}:members', 'hf:{registry}:leases', id, member, startedAt, 3000, 'hf:registry');
    beat().then(() => console.log('announced'));
    setInterval(beat, 500);`;
  const child = spawn(process.execPath, ['-e', program, REDIS_URL, ANNOUNCE, JSON.stringify(announced)]);
  cleanUps.push(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

/** A TCP link to Redis that can be cut. */
class CuttableProxy {
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(
    private readonly target: URL,
    private port = 0,
  ) {}

  static async open(url: string): Promise<CuttableProxy> {
    const proxy = new CuttableProxy(new URL(url));
    await proxy.mend();
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  async mend(): Promise<void> {
    const server = createServer((socket) => this.#link(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server?.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async close(): Promise<void> {
    if (this.#server?.listening) await this.cut();
  }

  #link(socket: Socket): void {
    const redis = connect(Number(this.target.port || 6379), this.target.hostname);
    for (const [from, to] of [
      [socket, redis],
      [redis, socket],
    ] as const) {
      this.#sockets.add(from);
      from
        .on('error', () => undefined)
        .on('close', () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  }
}
