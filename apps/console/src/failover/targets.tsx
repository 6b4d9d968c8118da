import { NodeActions } from '../topology/node-actions.js';
import type { TopologyNode } from '../topology/nodes.js';
import { useTopology } from '../topology/use-topology.js';
import { Badge, type Tone } from '../ui/badge.js';
import { Problem } from '../ui/problem.js';
import { Skeleton } from '../ui/skeleton.js';

const TONES: Readonly<Record<TopologyNode['health'], Tone>> = {
  ok: 'ok',
  resting: 'accent',
  warn: 'warn',
  bad: 'bad',
};

/** What can be broken or drained. */
export function Targets() {
  const { data, error, refetch } = useTopology();
  const nodes = (data?.groups ?? [])
    .flatMap((group) => group.nodes)
    .filter(({ kind }) => kind !== 'postgres');
  return (
    <section className="card stack" aria-labelledby="targets">
      <div className="row spread wrap">
        <h2 id="targets">Break something</h2>
        <span className="muted small">A stop or slowness lasts 5 s.</span>
      </div>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={8} height={44} />}
      <ul className="lines">
        {nodes.map((node) => (
          <li key={node.id} className="target" data-target={node.id}>
            <span className="row wrap">
              <strong>{node.id}</strong>
              <Badge tone={TONES[node.health]}>{node.word}</Badge>
            </span>
            <NodeActions node={node} />
          </li>
        ))}
      </ul>
    </section>
  );
}
