import type { GatewayWorker, Instance, Postgres, RedisNode, Topology, Traffic } from '../api/platform.js';
import { bytes, rate } from '../format/number.js';
import { duration } from '../format/time.js';

/** How a process does; each has its own shape, so that no colour is needed to tell. */
export type Health = 'ok' | 'resting' | 'warn' | 'bad';

/** One process, as it is drawn. */
export interface TopologyNode {
  readonly id: string;
  readonly kind: 'gateway' | 'instance' | 'redis' | 'postgres';
  readonly health: Health;
  /** How it does, in a word or two. */
  readonly word: string;
  /** A figure or two more. */
  readonly detail: string;
  /** Of an instance: what came of the last tries at it. */
  readonly traffic?: Traffic;
}

/** Processes that do the same. */
export interface TopologyGroup {
  readonly name: string;
  readonly column: 0 | 1 | 2;
  readonly nodes: readonly TopologyNode[];
}

/** The processes of a topology, by what they do. `known`: ids that were there before, by group; who is missing is shown as gone. */
export function groupsOf(
  topology: Topology,
  known: ReadonlyMap<string, readonly string[]>,
): readonly TopologyGroup[] {
  const now = Date.parse(topology.time);
  const groups: readonly TopologyGroup[] = [
    { name: 'gateway', column: 0, nodes: topology.gateways.map(gatewayNode) },
    ...topology.services.map(({ name, instances }) => ({
      name,
      column: 1 as const,
      nodes: instances.map((instance) => instanceNode(instance, now)),
    })),
    { name: 'Redis', column: 2, nodes: topology.redis.nodes.map(redisNode) },
    { name: 'Postgres', column: 2, nodes: topology.postgres.map(postgresNode) },
  ];
  return groups.map((group) => withGone(group, known.get(group.name) ?? []));
}

/** Ids by group, those of before included: a process that was killed leaves a gap, not a shorter picture. */
export function remember(
  known: ReadonlyMap<string, readonly string[]>,
  groups: readonly TopologyGroup[],
): ReadonlyMap<string, readonly string[]> {
  const ids = (group: TopologyGroup) => group.nodes.map(({ id }) => id);
  return new Map(
    groups.map((group) => [group.name, [...new Set([...(known.get(group.name) ?? []), ...ids(group)])]]),
  );
}

function withGone(group: TopologyGroup, known: readonly string[]): TopologyGroup {
  const kind = group.name === 'gateway' ? 'gateway' : group.column === 1 ? 'instance' : 'redis';
  const gone = known
    .filter((id) => !group.nodes.some((node) => node.id === id))
    .map((id) => ({ id, kind, health: 'bad', word: 'gone', detail: 'comes back by itself' }) as const);
  const nodes = [...group.nodes, ...gone].sort((one, other) => one.id.localeCompare(other.id));
  return { ...group, nodes };
}

function gatewayNode({ id, state, inFlight, traffic }: GatewayWorker): TopologyNode {
  const health = ({ ready: 'ok', starting: 'warn', draining: 'resting', silent: 'bad' } as const)[state];
  return {
    id,
    kind: 'gateway',
    health,
    word: state,
    detail:
      inFlight === null ? '' : `${inFlight} in flight${traffic ? ` · ${rate(traffic.perSecond)}/s` : ''}`,
  };
}

function instanceNode(instance: Instance, now: number): TopologyNode {
  const { id, inFlight, latencyMs, traffic } = instance;
  const detail = `${inFlight} in flight · ${duration(latencyMs)}`;
  return { id, kind: 'instance', detail, traffic, ...instanceHealth(instance, now) };
}

function instanceHealth(
  { state, available, ejectedUntil }: Instance,
  now: number,
): Pick<TopologyNode, 'health' | 'word'> {
  const left = ejectedUntil === null ? 0 : Date.parse(ejectedUntil) - now;
  if (left > 0) return { health: 'bad', word: `ejected, ${duration(left)}` };
  if (state === 'draining') return { health: 'resting', word: 'draining' };
  return available ? { health: 'ok', word: 'ready' } : { health: 'warn', word: 'unavailable' };
}

function redisNode({ id, role, up, lagBytes }: RedisNode): TopologyNode {
  const lag = lagBytes === null ? '' : lagBytes === 0 ? 'no lag' : `${bytes(lagBytes)} behind`;
  return { id, kind: 'redis', health: up ? 'ok' : 'bad', word: up ? role : 'down', detail: up ? lag : role };
}

function postgresNode({ service, state, askedAt }: Postgres): TopologyNode {
  const health = ({ up: 'ok', down: 'bad', unknown: 'warn' } as const)[state];
  return {
    id: service,
    kind: 'postgres',
    health,
    word: state,
    detail: askedAt === null ? '' : `says ${askedAt}`,
  };
}
