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
/** The whole picture. */
export interface Layout {
  /** Columns beside each other, with room for lines between them. Otherwise it is a list. */
  readonly isWide: boolean;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly labels: readonly Label[];
}

const NODE_HEIGHT = 72;
const NODE_GAP = 12;
const LABEL = 26;
const GROUP_GAP = 22;
const WIDEST_NODE = 200;
/** What lines need between columns at least: the first ones have figures on them. */
const GAPS = [150, 60] as const;
/** Of what is left, the first gap's share. */
const FIRST_SHARE = 0.6;
/** Narrower than this, the columns stand below each other. */
export const WIDE = 760;
/** In a list that is narrower than two of these, processes with requests to tell of have a line for themselves. */
const LIST_NODE = 300;

/** Places groups: three columns from left to right, or one below the other. */
export function layoutOf(groups: readonly TopologyGroup[], width: number): Layout {
  return width >= WIDE ? wide(groups, width) : narrow(groups, width);
}

function wide(groups: readonly TopologyGroup[], width: number): Layout {
  const gaps = GAPS[0] + GAPS[1];
  const nodeWidth = Math.min(WIDEST_NODE, Math.floor((width - gaps) / 3));
  const left = width - 3 * nodeWidth - gaps;
  const second = nodeWidth + GAPS[0] + Math.round(left * FIRST_SHARE);
  const xs = [0, second, width - nodeWidth];
  const columns = [0, 1, 2].map((column) => groups.filter((group) => group.column === column));
  const heights = columns.map((column) => column.reduce((sum, group) => sum + groupHeight(group, 1), 0));
  const height = Math.max(...heights) - GROUP_GAP;
  const placed = columns.map((column, index) => {
    // Shorter columns stand in the middle of the longest.
    const top = Math.max(0, (height - (heights[index] ?? 0) + GROUP_GAP) / 2);
    return stack(column, { x: xs[index] ?? 0, y: top, columns: 1, width: nodeWidth });
  });
  return {
    isWide: true,
    width,
    height,
    nodes: placed.flatMap(({ nodes }) => nodes),
    labels: placed.flatMap(({ labels }) => labels),
  };
}

function narrow(groups: readonly TopologyGroup[], width: number): Layout {
  const { nodes, labels, bottom } = stack(groups, { x: 0, y: 0, columns: 2, width });
  return { isWide: false, width, height: bottom - GROUP_GAP, nodes, labels };
}

interface Stacking {
  readonly x: number;
  readonly y: number;
  /** At most. */
  readonly columns: number;
  readonly width: number;
}

function stack(groups: readonly TopologyGroup[], { x, y, columns: most, width }: Stacking) {
  const nodes: PlacedNode[] = [];
  const labels: Label[] = [];
  let top = y;
  for (const group of groups) {
    const columns = isBusy(group) && width < 2 * LIST_NODE ? 1 : most;
    const nodeWidth = Math.floor((width - (columns - 1) * NODE_GAP) / columns);
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

/** Whether its processes have requests to tell of. */
function isBusy({ column }: TopologyGroup): boolean {
  return column < 2;
}

function groupHeight({ nodes }: TopologyGroup, columns: number): number {
  const rows = Math.ceil(nodes.length / columns);
  return LABEL + rows * (NODE_HEIGHT + NODE_GAP) - NODE_GAP + GROUP_GAP;
}
