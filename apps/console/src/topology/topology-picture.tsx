import { useMemo } from 'react';
import type { Topology } from '../api/platform.js';
import { useWidth } from '../ui/use-width.js';
import { edgesOf, layoutOf, type Edge } from './layout.js';
import { NodeShape } from './node-shape.js';
import type { TopologyGroup, TopologyNode } from './nodes.js';

interface TopologyPictureProps {
  readonly topology: Topology;
  readonly groups: readonly TopologyGroup[];
  readonly onChoose: (node: TopologyNode) => void;
}

/** The platform as a picture. Each process is a button. */
export function TopologyPicture({ topology, groups, onChoose }: TopologyPictureProps) {
  const { element, width } = useWidth<HTMLDivElement>();
  const layout = useMemo(() => layoutOf(groups, width), [groups, width]);
  const edges = useMemo(() => edgesOf(layout, topology), [layout, topology]);
  return (
    <div className="card topology">
      <div ref={element}>
        {width > 0 && (
          <svg
            width={layout.width}
            height={layout.height}
            role="group"
            aria-label="Processes of the platform"
          >
            {edges.map((edge) => (
              <EdgeLine key={`${edge.from} ${edge.to}`} edge={edge} />
            ))}
            {layout.labels.map(({ x, y, text }) => (
              <text key={text} x={x} y={y} className="group-name">
                {text}
              </text>
            ))}
            {layout.nodes.map((placed) => (
              <NodeShape key={`${placed.group} ${placed.node.id}`} placed={placed} onChoose={onChoose} />
            ))}
          </svg>
        )}
      </div>
    </div>
  );
}

function EdgeLine({ edge: { path, inFlight, isOpen } }: { readonly edge: Edge }) {
  const how = isOpen ? (inFlight > 0 ? 'edge busy' : 'edge') : 'edge shut';
  return <path className={how} d={path} strokeWidth={Math.min(5, 1.25 + inFlight / 2)} />;
}
