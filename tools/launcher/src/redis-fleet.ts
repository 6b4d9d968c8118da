import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { askRedis, MASTER_NAME } from '@holdfast/fleet-client';
import { hastenSentinel } from './hasten-sentinel.js';
import type { Home } from './home.js';
import type { PreparedCommand, ProcessPlan } from './managed-process.js';
import { privateFolder, replaceFile } from './private-files.js';
import { redisCommand, removeContainer } from './redis-command.js';
import type { RedisServerSource } from './redis-program.js';
import { lastElection, readSentinelConfig, redisConfig, sentinelConfig } from './redis-config.js';
import { RedisWatch } from './redis-watch.js';

/** Redis as the fleet runs it: data nodes and Sentinels with their ports, by id. */
export interface RedisLayout {
  readonly home: Home;
  readonly source: RedisServerSource;
  readonly nodes: Readonly<Record<string, number>>;
  /** Where the data nodes listen, if something else listens at `nodes` and forwards to them. */
  readonly listenPorts?: Readonly<Record<string, number>>;
  readonly sentinels: Readonly<Record<string, number>>;
  /** Who was primary last, if there was a run before. */
  readonly election: Election | undefined;
}

const NODE_FILE = 'redis.conf';
const SENTINEL_FILE = 'sentinel.conf';
const RANK = { sentinel: 2, node: 3 } as const;
const STOP_WITHIN_MS = 5_000;
// Sentinel waits twice its failover timeout (10 s) after an election that found nobody, before it holds another.
const ELECTION_WITHIN_MS = 45_000;
const JOIN_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** Who was elected primary last, and in which epoch. */
export interface Election {
  readonly primary: string;
  readonly epoch: number;
}

/** The latest election that the Sentinels of an earlier run wrote down; `ports` are the ports of that run. */
export function recallElection(home: Home, ports: Readonly<Record<string, number>>): Election | undefined {
  const folders = existsSync(home.redis) ? readdirSync(home.redis) : [];
  const memories = folders.map((id) => {
    const file = join(home.redis, id, SENTINEL_FILE);
    return existsSync(file) ? readSentinelConfig(readFileSync(file, 'utf8')) : undefined;
  });
  const last = lastElection(memories);
  const primary = folders.find((id) => last !== undefined && ports[id] === last.primaryPort);
  return last === undefined || primary === undefined ? undefined : { primary, epoch: last.epoch };
}

/** Plans for the data nodes and Sentinels, and who among them is primary. */
export class RedisFleet {
  readonly watch: RedisWatch;
  private readonly startedAt = new Map<string, number>();

  constructor(
    private readonly layout: RedisLayout,
    /** Whether a node's process runs and is ready. */
    private readonly isUp: (id: string) => boolean,
    private readonly say: (line: string) => void,
  ) {
    const { nodes, sentinels, election } = layout;
    const primary =
      election !== undefined && election.primary in nodes ? election.primary : Object.keys(nodes)[0];
    this.watch = new RedisWatch(nodes, Object.values(sentinels), primary ?? 'redis-1');
  }

  /** The plans of the data nodes, the primary's first. */
  nodePlans(): ProcessPlan[] {
    return Object.keys(this.layout.nodes)
      .sort((a, b) => Number(b === this.watch.primary) - Number(a === this.watch.primary))
      .map((id) => ({
        ...this.plan(id, RANK.node),
        readiness: { kind: 'answers', port: this.port(id), answers: () => this.hasJoined(id) },
        prepare: (again, signal) => this.prepareNode(id, again, signal),
      }));
  }

  /** The plans of the Sentinels. */
  sentinelPlans(): ProcessPlan[] {
    return Object.entries(this.layout.sentinels).map(([id, port]) => ({
      ...this.plan(id, RANK.sentinel),
      readiness: { kind: 'answers', port, answers: () => hastenSentinel(port) },
      prepare: (again) => Promise.resolve(this.prepareSentinel(id, port, again)),
    }));
  }

  /** `true` once every replica follows the primary: from then on a write can be acknowledged. */
  async replicasFollow(): Promise<boolean> {
    const wanted = Object.keys(this.layout.nodes).length - 1;
    const info = (await askRedis(this.port(this.watch.primary), 'INFO replication')) ?? '';
    return (info.match(/^slave\d+:.*state=online/gm) ?? []).length >= wanted;
  }

  /** `true` once the Sentinels know one another and could elect. */
  async canElect(): Promise<boolean> {
    const ports = Object.values(this.layout.sentinels);
    const answers = await Promise.all(
      ports.map((port) => askRedis(port, `SENTINEL ckquorum ${MASTER_NAME}`)),
    );
    return answers.every((answer) => answer?.startsWith('+OK') === true);
  }

  /**
   * A node is ready once it has its data and, as a replica, its primary: before that the Sentinels could not elect it. One
   * that finds no primary is let in after a while: it may be the only one left.
   */
  private async hasJoined(id: string): Promise<boolean> {
    const info = (await askRedis(this.port(id), 'INFO')) ?? '';
    if (!/^loading:0/m.test(info)) return false;
    const alone = performance.now() - (this.startedAt.get(id) ?? 0) > JOIN_WITHIN_MS;
    return alone || /^(role:master|master_link_status:up)/m.test(info);
  }

  private plan(id: string, rank: number) {
    const { source } = this.layout;
    return {
      id,
      rank,
      signal: 'SIGTERM',
      stopWithinMs: STOP_WITHIN_MS,
      cleanUp: () => removeContainer(source, this.container(id)),
    } as const;
  }

  private async prepareNode(id: string, again: boolean, signal: AbortSignal): Promise<PreparedCommand> {
    const leader = again ? await this.leaderFor(id, signal) : this.watch.primary;
    this.startedAt.set(id, performance.now());
    const config = {
      port: this.port(id),
      listenPort: this.layout.listenPorts?.[id],
      dir: this.folder(id),
      replicated: this.isReplicated(),
    };
    const text = redisConfig(leader === id ? config : { ...config, replicaOf: this.port(leader) });
    return this.command(id, NODE_FILE, text);
  }

  private prepareSentinel(id: string, port: number, again: boolean): PreparedCommand {
    const file = join(this.folder(id), SENTINEL_FILE);
    // What Sentinel wrote into it since is worth more than what we knew at the start.
    if (again && existsSync(file)) return this.command(id, SENTINEL_FILE, readFileSync(file, 'utf8'));
    const { nodes, sentinels, home } = this.layout;
    const sentinelId = (name: string): string =>
      createHash('sha1').update(`${home.path}/${name}`).digest('hex');
    const text = sentinelConfig({
      port,
      dir: this.folder(id),
      id: sentinelId(id),
      epoch: this.layout.election?.epoch ?? 0,
      primaryPort: this.port(this.watch.primary),
      replicaPorts: Object.values(nodes).filter((each) => each !== this.port(this.watch.primary)),
      others: Object.entries(sentinels)
        .filter(([other]) => other !== id)
        .map(([other, otherPort]) => ({ port: otherPort, id: sentinelId(other) })),
    });
    return this.command(id, SENTINEL_FILE, text);
  }

  private command(id: string, name: string, text: string): PreparedCommand {
    const folder = this.folder(id);
    const file = join(folder, name);
    replaceFile(file, text);
    return { ...redisCommand(this.layout.source, this.container(id), file, folder), cwd: folder };
  }

  /**
   * Whom a data node follows when it comes back; its own id: nobody, it is the primary. A primary that has replicas
   * waits until another is primary: coming back as one beforehand, it would bring back a past that others have left.
   */
  private async leaderFor(id: string, signal: AbortSignal): Promise<string> {
    const wasPrimary = this.watch.primary === id;
    const deadlineAt = performance.now() + ELECTION_WITHIN_MS;
    while (performance.now() < deadlineAt) {
      signal.throwIfAborted();
      const primary = await this.watch.look();
      if (primary !== undefined && primary !== id) return primary;
      if (wasPrimary && !this.othersAreUp(id)) return id;
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
    const leader = this.watch.primary;
    this.say(
      leader === id
        ? `No other Redis became primary in ${ELECTION_WITHIN_MS / 1_000} s: ${id} comes back as the primary.`
        : `${leader} has not come back in ${ELECTION_WITHIN_MS / 1_000} s: ${id} waits for it as its replica.`,
    );
    return leader;
  }

  private othersAreUp(id: string): boolean {
    return Object.keys(this.layout.nodes).some((other) => other !== id && this.isUp(other));
  }

  private isReplicated(): boolean {
    return Object.keys(this.layout.nodes).length > 1;
  }

  private port(id: string): number {
    const port = this.layout.nodes[id];
    if (port === undefined) throw new Error(`no Redis node ${id}`);
    return port;
  }

  private folder(id: string): string {
    return privateFolder(join(this.layout.home.redis, id));
  }

  private container(id: string): string {
    const fleet = createHash('sha1').update(this.layout.home.path).digest('hex').slice(0, 8);
    return `holdfast-${fleet}-${id}`;
  }
}
