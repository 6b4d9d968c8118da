import type { Topology } from '../api/platform.js';
import type { TopologyGroup, TopologyNode } from './nodes.js';

/** Where something is, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** A process and its place. */
export interface PlacedNode extends Box {
  readonly group: string;
  readonly node: TopologyNode;
}
/** The name of a group and its place. */
export interface Label {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}
/** A line between two processes: requests, or copies of data. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  readonly inFlight: number;
  readonly isOpen: boolean;
}
/** The whole picture. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly labels: readonly Label[];
}

const NODE_HEIGHT = 72;
const NODE_GAP = 12;
const LABEL = 26;
const GROUP_GAP = 22;
const WIDEST_NODE = 230;
/** Narrower than this, the columns stand below each other. */
export const WIDE = 680;

/** Places groups: three columns from left to right, or one below the other. */
export function layoutOf(groups: readonly TopologyGroup[], width: number): Layout {
  return width >= WIDE ? wide(groups, width) : narrow(groups, width);
}

function wide(groups: readonly TopologyGroup[], width: number): Layout {
  const nodeWidth = Math.min(WIDEST_NODE, Math.floor((width - 120) / 3));
  const columns = [0, 1, 2].map((column) => groups.filter((group) => group.column === column));
  const heights = columns.map((column) => column.reduce((sum, group) => sum + groupHeight(group, 1), 0));
  const height = Math.max(...heights) - GROUP_GAP;
  const placed = columns.map((column, index) => {
    const x = Math.round((index * (width - nodeWidth)) / 2);
    // Shorter columns stand in the middle of the longest.
    const top = Math.max(0, (height - (heights[index] ?? 0) + GROUP_GAP) / 2);
    return stack(column, { x, y: top, columns: 1, nodeWidth });
  });
  return joined(placed, width, height);
}

function narrow(groups: readonly TopologyGroup[], width: number): Layout {
  const nodeWidth = Math.floor((width - NODE_GAP) / 2);
  const { nodes, labels, bottom } = stack(groups, { x: 0, y: 0, columns: 2, nodeWidth });
  return { width, height: bottom - GROUP_GAP, nodes, labels };
}

interface Stacking {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly nodeWidth: number;
}

function stack(groups: readonly TopologyGroup[], { x, y, columns, nodeWidth }: Stacking) {
  const nodes: PlacedNode[] = [];
  const labels: Label[] = [];
  let top = y;
  for (const group of groups) {
    labels.push({ x, y: top + 14, text: group.name });
    group.nodes.forEach((node, index) => {
      const column = index % columns;
      const row = Math.floor(index / columns);
      nodes.push({
        group: group.name,
        node,
        x: x + column * (nodeWidth + NODE_GAP),
        y: top + LABEL + row * (NODE_HEIGHT + NODE_GAP),
        width: nodeWidth,
        height: NODE_HEIGHT,
      });
    });
    top += groupHeight(group, columns);
  }
  return { nodes, labels, bottom: top };
}

function groupHeight({ nodes }: TopologyGroup, columns: number): number {
  const rows = Math.ceil(nodes.length / columns);
  return LABEL + rows * (NODE_HEIGHT + NODE_GAP) - NODE_GAP + GROUP_GAP;
}

function joined(parts: readonly Pick<Layout, 'nodes' | 'labels'>[], width: number, height: number): Layout {
  return {
    width,
    height,
    nodes: parts.flatMap(({ nodes }) => nodes),
    labels: parts.flatMap(({ labels }) => labels),
  };
}

/** Who sends requests to whom, and what copies what. In the narrow picture there is no room for lines. */
export function edgesOf({ nodes, width }: Layout, topology: Topology): readonly Edge[] {
  if (width < WIDE) return [];
  const at = (group: string, id: string) => nodes.find((one) => one.group === group && one.node.id === id);
  const requests = topology.services.flatMap(({ name, instances }) =>
    instances.flatMap(({ id, seenBy }) =>
      seenBy.flatMap(({ gateway, inFlight, available }) =>
        edge(at('gateway', gateway), at(name, id), { inFlight, isOpen: available }),
      ),
    ),
  );
  const primary = topology.redis.nodes.find(({ role, up }) => role === 'primary' && up);
  const sessions = topology.services.flatMap(({ name, instances }) =>
    instances.flatMap(({ id }) =>
      edge(at(name, id), primary && at('Redis', primary.id), { inFlight: 0, isOpen: true }),
    ),
  );
  const records = topology.services.flatMap(({ name, instances }) =>
    instances.flatMap(({ id }) => edge(at(name, id), at('Postgres', name), { inFlight: 0, isOpen: true })),
  );
  return [...requests, ...sessions, ...records];
}

function edge(
  from: PlacedNode | undefined,
  to: PlacedNode | undefined,
  how: Pick<Edge, 'inFlight' | 'isOpen'>,
): readonly Edge[] {
  if (!from || !to) return [];
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = (x2 - x1) / 2;
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return [{ from: from.node.id, to: to.node.id, path, ...how }];
}
