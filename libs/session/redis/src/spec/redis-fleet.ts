import { Network, RedisServer } from '@holdfast/session-testing';
import type { Redis, RedisConfig } from '../create-redis.js';
import { eventually } from './eventually.js';
import { openSideDoor } from './side-door.js';

const NAME = 'holdfast';
/** Half of it is enough on an idle machine; on a busy one a Sentinel then deposes who is well. */
const DOWN_AFTER_MS = 1_000;
const SETTINGS = ['--min-replicas-to-write 1', '--min-replicas-max-lag 2'].flatMap((line) => line.split(' '));

/** A server of a fleet, reached where the others reach it. */
export interface Node {
  readonly server: RedisServer;
  /** Past any cut. */
  readonly redis: Redis;
  /** What it connects from. */
  readonly address: string;
  /** Where others find it. */
  readonly port: number;
}

/** A primary, two replicas and three Sentinels of a test's own, as in production but for the times. */
export class RedisFleet {
  private constructor(
    /** The first one is the primary at first. */
    readonly nodes: readonly [primary: Node, replica: Node, other: Node],
    readonly sentinels: readonly [Node, Node, Node],
    readonly network: Network | undefined,
  ) {}

  /** Starts one whose Sentinels know all of it. `cuttable`: in a network of its own (Linux only). */
  static async start({ cuttable = false } = {}): Promise<RedisFleet> {
    const network = cuttable ? new Network() : undefined;
    const nodes = await Promise.all([startNode(network, 2), startNode(network, 3), startNode(network, 4)]);
    const sentinels = await Promise.all([
      startSentinel(network, 5),
      startSentinel(network, 6),
      startSentinel(network, 7),
    ]);
    const fleet = new RedisFleet(nodes, sentinels, network);
    await fleet.#join();
    return fleet;
  }

  /** Where clients find the primary. */
  get config(): RedisConfig & { readonly sentinels: NonNullable<RedisConfig['sentinels']> } {
    return { sentinels: this.sentinels.map(({ port }) => ({ host: '127.0.0.1', port })), masterName: NAME };
  }

  /** Where clients find one of the nodes, whatever the Sentinels think of it. */
  urlOf({ port }: Node): string {
    return `redis://127.0.0.1:${port}`;
  }

  /** The node that the Sentinels name. Rejects while they do not agree. */
  async primary(): Promise<Node> {
    const named = await Promise.all(
      this.sentinels.map(({ redis }) => redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)),
    );
    const ports = new Set(named.map((address) => Number((address as [string, string])[1])));
    const node = ports.size === 1 ? this.nodes.find(({ port }) => ports.has(port)) : undefined;
    if (!node) throw new Error('The Sentinels do not agree.');
    return node;
  }

  /** The nodes that are not the primary. */
  async replicas(): Promise<readonly [Node, Node]> {
    const primary = await this.primary();
    return this.nodes.filter((node) => node !== primary) as unknown as [Node, Node];
  }

  /** Has the Sentinels promote a replica of a primary that is well. */
  async switchOver(): Promise<void> {
    await this.sentinels[0].redis.call('SENTINEL', 'FAILOVER', NAME);
  }

  /** Resolves when the primary has two replicas online, and each Sentinel knows of all. */
  async settled(): Promise<void> {
    await eventually(async () => {
      await this.#requireReplicas(await this.primary());
      for (const { redis } of this.sentinels) {
        const view = (await redis.call('SENTINEL', 'MASTER', NAME)) as string[];
        const known = ['num-slaves', 'num-other-sentinels'].map((name) => view[view.indexOf(name) + 1]);
        if (known.join() !== '2,2' || view[view.indexOf('flags') + 1] !== 'master')
          throw new Error(`A Sentinel knows ${known.join()}.`);
      }
    });
  }

  /** Starts or wakes a node, as a replica: the Sentinels would see to that as well, ten seconds later. */
  async revive(node: Node): Promise<void> {
    const { server, redis } = node;
    server.wake();
    await server.start();
    await eventually(() => announce(node));
    await eventually(async () => redis.call('REPLICAOF', '127.0.0.1', (await this.primary()).port));
  }

  /** Undoes what was done to all of it. */
  async restore(): Promise<void> {
    // Also a primary: a test that failed may have left it hung, and then none after it would get anywhere.
    for (const { server } of [...this.nodes, ...this.sentinels]) server.wake();
    const replicas = await eventually(() => this.replicas());
    await Promise.all(replicas.map((node) => this.revive(node)));
    await this.settled();
  }

  async stop(): Promise<void> {
    const all = [...this.nodes, ...this.sentinels];
    for (const { redis } of all) redis.disconnect();
    this.network?.close();
    await Promise.all(all.map(({ server }) => server.dispose()));
  }

  async #join(): Promise<void> {
    const [primary, ...replicas] = this.nodes;
    for (const { redis } of replicas) await redis.call('REPLICAOF', '127.0.0.1', primary.port);
    await eventually(() => this.#requireReplicas(primary)); // or the Sentinels look again in ten seconds
    for (const { redis } of this.sentinels) {
      await redis.call('SENTINEL', 'MONITOR', NAME, '127.0.0.1', primary.port, 2);
      await redis.call(
        'SENTINEL',
        'SET',
        NAME,
        'down-after-milliseconds',
        DOWN_AFTER_MS,
        'failover-timeout',
        3_000,
      );
    }
    await this.settled();
  }

  async #requireReplicas({ redis }: Node): Promise<void> {
    const online = (await redis.info('replication')).match(/state=online/g)?.length ?? 0;
    if (online < 2) throw new Error(`Only ${online} replicas are online.`);
  }
}

async function startNode(network: Network | undefined, host: number): Promise<Node> {
  const server = await RedisServer.start(...SETTINGS, ...sourceOf(network, host));
  const node = await nodeOf(server, network, host);
  await announce(node);
  return node;
}

/** It is known by its door. A server that is started again has forgotten that. */
async function announce({ redis, port }: Node): Promise<void> {
  await redis.config('SET', 'replica-announce-ip', '127.0.0.1');
  await redis.config('SET', 'replica-announce-port', port);
}

async function startSentinel(network: Network | undefined, host: number): Promise<Node> {
  const server = await RedisServer.startSentinel(...sourceOf(network, host));
  const node = await nodeOf(server, network, host);
  await node.redis.call('SENTINEL', 'CONFIG', 'SET', 'announce-ip', '127.0.0.1');
  await node.redis.call('SENTINEL', 'CONFIG', 'SET', 'announce-port', node.port);
  return node;
}

async function nodeOf(server: RedisServer, network: Network | undefined, host: number): Promise<Node> {
  const address = `127.0.0.${host}`;
  const redis = openSideDoor(server.url);
  return { server, redis, address, port: (await network?.open(address, server.port)) ?? server.port };
}

function sourceOf(network: Network | undefined, host: number): readonly string[] {
  return network ? ['--bind-source-addr', `127.0.0.${host}`] : [];
}
