import type { KeyboardEvent } from 'react';
import type { PlacedNode } from './layout.js';
import type { Health, TopologyNode } from './nodes.js';
import { trafficFigures, trafficWords } from './traffic.js';
import { TrafficText } from './traffic-text.js';

/** A shape for each state: a tick, a pause, a triangle, a cross. */
const GLYPHS: Readonly<Record<Health, string>> = {
  ok: 'M-5 0.5l3.5 3.5L5-4',
  resting: 'M-3-5v10M3-5v10',
  warn: 'M0-5l5.5 10h-11z',
  bad: 'M-4-4l8 8M4-4l-8 8',
};

interface NodeShapeProps {
  readonly placed: PlacedNode;
  /** Whether its traffic stands in it, for want of lines. */
  readonly showsTraffic: boolean;
  readonly onChoose: (node: TopologyNode) => void;
}

/** One process. */
export function NodeShape({ placed, showsTraffic, onChoose }: NodeShapeProps) {
  const { x, y, width, height, node } = placed;
  const { id, health, word, detail, kind, traffic } = node;
  const words = [`${kind} ${id}: ${word}`, detail, traffic ? trafficWords(traffic) : ''];
  const choose = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    onChoose(node);
  };
  return (
    <g
      className={`node ${health}`}
      transform={`translate(${x} ${y})`}
      role="button"
      tabIndex={0}
      aria-label={words.filter(Boolean).join(', ')}
      data-node={id}
      onClick={() => onChoose(node)}
      onKeyDown={choose}
    >
      <rect width={width} height={height} rx="9" />
      <circle cx="21" cy={height / 2} r="11" />
      <path className="glyph" transform={`translate(21 ${height / 2})`} d={GLYPHS[health]} />
      <text x="40" y="26" className="node-name">
        {id}
      </text>
      <text x="40" y="43" className="node-word">
        {word}
      </text>
      <text x="40" y="59" className="node-detail">
        {detail}
      </text>
      {showsTraffic && traffic && <TrafficText {...trafficFigures(traffic)} x={width - 14} y={height / 2} />}
    </g>
  );
}
