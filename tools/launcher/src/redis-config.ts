import { MASTER_NAME } from '@holdfast/fleet-client';

/** What a data node is started with. */
export interface RedisNodeConfig {
  /** Where others reach it. */
  readonly port: number;
  /** Where it listens, if something else forwards to it from `port`. */
  readonly listenPort?: number;
  readonly dir: string;
  /** The primary's port, where this node is to be a replica. */
  readonly replicaOf?: number;
  /** Whether writes need a replica that listens (a fleet of several nodes). */
  readonly replicated: boolean;
}

/** What a Sentinel is started with: whom it watches, and what it would otherwise have to discover first. */
export interface SentinelConfig {
  readonly port: number;
  readonly dir: string;
  readonly id: string;
  readonly epoch: number;
  readonly primaryPort: number;
  readonly replicaPorts: readonly number[];
  readonly others: readonly { readonly port: number; readonly id: string }[];
}

/**
 * After how much silence a Sentinel takes a node for dead. A Sentinel connects to a new primary only a second after its last
 * attempt at the old one: with less than that, and a little for a busy machine, it would depose one that lives. Where it can be had to try more often, `hastenSentinel`
 * shortens both.
 */
const DOWN_AFTER_MS = 1_300;

const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

/** The text of a data node's configuration file. */
export function redisConfig({ port, listenPort, dir, replicaOf, replicated }: RedisNodeConfig): string {
  return [
    'bind 127.0.0.1',
    `port ${listenPort ?? port}`,
    ...(listenPort === undefined ? [] : ['replica-announce-ip 127.0.0.1', `replica-announce-port ${port}`]),
    `dir ${quoted(dir)}`,
    'daemonize no',
    'loglevel notice',
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
    // An evicted tombstone would be an undone logout.
    'maxmemory-policy noeviction',
    'replica-serve-stale-data no',
    // Equal everywhere: a priority would beat the offset, and promote a copy that lacks acknowledged writes.
    'replica-priority 100',
    'repl-diskless-sync yes',
    'repl-diskless-sync-delay 0',
    'repl-backlog-size 64mb',
    'repl-ping-replica-period 1',
    ...(replicated ? ['min-replicas-to-write 1', 'min-replicas-max-lag 2'] : []),
    ...(replicaOf === undefined ? [] : [`replicaof 127.0.0.1 ${replicaOf}`]),
    '',
  ].join('\n');
}

/** The text of a Sentinel's configuration file. Sentinel itself keeps it up to date from then on. */
export function sentinelConfig(config: SentinelConfig): string {
  const about = (what: string, rest: string): string => `sentinel ${what} ${MASTER_NAME} ${rest}`;
  return [
    'bind 127.0.0.1',
    `port ${config.port}`,
    `dir ${quoted(config.dir)}`,
    'daemonize no',
    `sentinel myid ${config.id}`,
    about('monitor', `127.0.0.1 ${config.primaryPort} 2`),
    about('down-after-milliseconds', String(DOWN_AFTER_MS)),
    about('failover-timeout', '10000'),
    about('parallel-syncs', '1'),
    about('config-epoch', String(config.epoch)),
    about('leader-epoch', String(config.epoch)),
    `sentinel current-epoch ${config.epoch}`,
    ...config.replicaPorts.map((port) => about('known-replica', `127.0.0.1 ${port}`)),
    ...config.others.map(({ port, id }) => about('known-sentinel', `127.0.0.1 ${port} ${id}`)),
    '',
  ].join('\n');
}

/** What a Sentinel wrote down last: which port was primary, and in which epoch it was elected. */
export interface SentinelMemory {
  readonly primaryPort: number;
  readonly epoch: number;
}

/** Reads a Sentinel's configuration file; `undefined` if it says nothing of our primary. */
export function readSentinelConfig(text: string): SentinelMemory | undefined {
  const port = new RegExp(`^sentinel monitor ${MASTER_NAME} \\S+ (\\d+) `, 'm').exec(text)?.[1];
  if (port === undefined) return undefined;
  const epoch = new RegExp(`^sentinel config-epoch ${MASTER_NAME} (\\d+)`, 'm').exec(text)?.[1];
  return { primaryPort: Number(port), epoch: Number(epoch ?? 0) };
}

/** Who was primary last, as the Sentinels remember it: the highest epoch is the latest election. */
export function lastElection(memories: readonly (SentinelMemory | undefined)[]): SentinelMemory | undefined {
  return memories.reduce(
    (best, each) => (each !== undefined && each.epoch >= (best?.epoch ?? 0) ? each : best),
    undefined,
  );
}
