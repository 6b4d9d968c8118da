import type { Topology } from '@holdfast/contracts';
import type { Redis, Sentinels, StoreNode } from '@holdfast/session-redis';
import type { FleetMember } from '../supervisor/messages.js';
import { addressOf } from './store-watch.js';

type Node = Topology['redis']['nodes'][number];

/** What is asked about the session store. */
export interface StoreSources {
  readonly redis: Pick<Redis, 'info' | 'stream' | 'options'>;
  readonly sentinels?: Pick<Sentinels, 'nodes'> | undefined;
}

/**
 * The nodes of the session store: the primary and its replicas as it says itself, with how far they are behind, and those
 * that only the Sentinels know of: they are down, or another is being promoted. `fleet`: who they are, by their ports.
 */
export async function storeNodes(
  { redis, sentinels }: StoreSources,
  fleet: readonly FleetMember[] = [],
): Promise<Node[]> {
  const [said, known] = await Promise.all([
    redis.info('replication').catch(() => undefined),
    sentinels?.nodes(),
  ]);
  const own = said === undefined ? [] : nodesIn(said, addressOf(redis));
  const others = (known ?? []).filter(({ address }) => !own.some((node) => node.address === address));
  const unheard = others.map((node) => asKnown(node, own));
  const nodes = [...own, ...unheard];
  // One Redis alone, and it does not answer.
  if (nodes.length === 0) nodes.push(silentNode(redis.options));
  return nodes.map((node) => ({ ...node, id: idOf(node.address, fleet) }));
}

/** Two primaries there are not: whom the Sentinels name counts only while the one that we know does not answer. */
function asKnown({ address, role, isUp }: StoreNode, own: readonly Node[]): Node {
  const isPrimary = role === 'primary' && !own.some((node) => node.role === 'primary');
  return {
    id: '',
    address,
    role: isPrimary ? 'primary' : 'replica',
    up: isUp,
    lagBytes: null,
    lagSeconds: null,
  };
}

function silentNode({ host = 'localhost', port = 6379 }: Redis['options']): Node {
  return { id: '', address: `${host}:${port}`, role: 'primary', up: false, lagBytes: null, lagSeconds: null };
}

/** What a Redis says in `INFO replication`. One that is no primary speaks of itself alone. */
function nodesIn(said: string, address: string): Node[] {
  const fields = new Map(said.split('\r\n').map((line) => line.split(/:(.*)/s, 2) as [string, string]));
  const isPrimary = fields.get('role') === 'master';
  const role = isPrimary ? 'primary' : 'replica';
  const self = { id: '', address, role, up: true, lagBytes: isPrimary ? 0 : null, lagSeconds: null } as const;
  const written = Number(fields.get('master_repl_offset'));
  const replicas = [...fields].flatMap(([name, value]) =>
    /^slave\d+$/.test(name) ? [replicaIn(value, written)] : [],
  );
  return [self, ...replicas];
}

/** `ip=127.0.0.1,port=6380,state=online,offset=1234,lag=0`. */
function replicaIn(text: string, written: number): Node {
  const fields = new Map(text.split(',').map((pair) => pair.split('=', 2) as [string, string]));
  const lagSeconds = Number(fields.get('lag'));
  return {
    id: '',
    address: `${fields.get('ip')}:${fields.get('port')}`,
    role: 'replica',
    up: fields.get('state') === 'online',
    lagBytes: Math.max(0, written - Number(fields.get('offset'))),
    lagSeconds: lagSeconds >= 0 ? lagSeconds : null,
  };
}

function idOf(address: string, fleet: readonly FleetMember[]): string {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  return fleet.find((member) => member.role.startsWith('redis-') && member.port === port)?.id ?? address;
}
