import type { ReactNode } from 'react';
import type { Topology } from '../api/platform.js';
import { duration } from '../format/time.js';
import { Ago } from '../ui/ago.js';
import { Dialog } from '../ui/dialog.js';
import { Facts } from '../ui/facts.js';
import { NodeActions } from './node-actions.js';
import type { TopologyNode } from './nodes.js';
import { rateFigures, trafficWords } from './traffic.js';

interface NodeDialogProps {
  readonly node: TopologyNode;
  readonly topology: Topology;
  readonly onClose: () => void;
}

/** All that is known of a process, and what can be done to it. */
export function NodeDialog({ node, topology, onClose }: NodeDialogProps) {
  return (
    <Dialog title={node.id} onClose={onClose}>
      <div className="stack">
        <Facts facts={factsOf(node, topology)} />
        <NodeActions node={node} onDone={onClose} />
      </div>
    </Dialog>
  );
}

function factsOf({ id, kind, word }: TopologyNode, topology: Topology): Readonly<Record<string, ReactNode>> {
  const instance = topology.services.flatMap(({ instances }) => instances).find((one) => one.id === id);
  const store = topology.redis.nodes.find((one) => one.id === id);
  if (kind === 'instance' && instance) {
    const seen = instance.seenBy.map(({ gateway, inFlight, latencyMs, available, traffic }) => (
      <div key={gateway}>
        {gateway}: {inFlight} in flight, usually {duration(latencyMs)}, {trafficWords(traffic)}
        {available ? '' : '; sends nothing there'}
      </div>
    ));
    return {
      State: word,
      Process: instance.pid,
      Address: instance.url,
      Weight: instance.weight,
      Started: <Ago at={instance.startedAt} />,
      Traffic: trafficWords(instance.traffic),
      'Seen by': seen,
    };
  }
  if (kind === 'redis' && store) {
    return {
      Role: word,
      Address: store.address,
      'Said how far it is': store.lagSeconds === null ? undefined : `${store.lagSeconds} s ago`,
    };
  }
  if (kind === 'postgres') {
    const database = topology.postgres.find(({ service }) => service === id);
    return { State: word, 'Asked at': database?.askedAt ?? 'nobody' };
  }
  const worker = topology.gateways.find((one) => one.id === id);
  return {
    State: word,
    Process: worker?.pid,
    'In flight': worker?.inFlight ?? undefined,
    Answers: worker?.traffic ? rateFigures(worker.traffic) : undefined,
  };
}
