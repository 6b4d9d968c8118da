import { useMemo } from 'react';
import type { Topology } from '../api/platform.js';
import { useWidth } from '../ui/use-width.js';
import { edgeLabelsOf, edgesOf, type Edge } from './edges.js';
import { layoutOf } from './layout.js';
import { NodeShape } from './node-shape.js';
import type { TopologyGroup, TopologyNode } from './nodes.js';
import { trafficWords } from './traffic.js';
import { TrafficText } from './traffic-text.js';

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
            {edgeLabelsOf(layout).map(({ to, ...figures }) => (
              <TrafficText key={to} {...figures} />
            ))}
            {layout.labels.map(({ x, y, text }) => (
              <text key={text} x={x} y={y} className="group-name">
                {text}
              </text>
            ))}
            {layout.nodes.map((placed) => (
              <NodeShape
                key={`${placed.group} ${placed.node.id}`}
                placed={placed}
                showsTraffic={!layout.isWide}
                onChoose={onChoose}
              />
            ))}
          </svg>
        )}
      </div>
      <p className="muted small">
        Of the last ten seconds: requests a second and how many of them failed, and within which time half and
        99 of 100 answers began. Choose a process for what each gateway worker sees.
      </p>
    </div>
  );
}

function EdgeLine({ edge }: { readonly edge: Edge }) {
  const { from, to, path, inFlight, isOpen, traffic, tone } = edge;
  const perSecond = traffic?.perSecond ?? 0;
  const isBusy = inFlight > 0 || perSecond > 0;
  const how = isOpen ? `edge ${tone} ${isBusy ? 'busy' : ''}` : 'edge shut';
  return (
    <path className={how} d={path} strokeWidth={Math.min(5, 1.25 + Math.log10(1 + perSecond + inFlight))}>
      {traffic && <title>{`${from} to ${to}: ${trafficWords(traffic)}`}</title>}
    </path>
  );
}
