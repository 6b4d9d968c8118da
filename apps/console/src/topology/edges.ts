import type { Topology, Traffic } from '../api/platform.js';
import type { Layout, PlacedNode } from './layout.js';
import { trafficFigures, trafficTone, type TrafficFigures, type TrafficTone } from './traffic.js';

/** A line between two processes: requests, or copies of data. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly path: string;
  /** Whether anything is sent that way. */
  readonly isOpen: boolean;
  readonly inFlight: number;
  /** What came of the requests; `undefined` where nobody counts. */
  readonly traffic?: Traffic;
  readonly tone: TrafficTone;
}

/** Figures where the lines to an instance meet: of all workers together. */
export interface EdgeLabel extends TrafficFigures {
  readonly to: string;
  /** Where the text ends. */
  readonly x: number;
  /** Between its two lines: beyond the end of the lines, which come from the other side. */
  readonly y: number;
}

/** What lies between the lines' end and the text. */
const LABEL_GAP = { x: 10, y: 19 };

/** Who sends requests to whom, and what copies what. In a list there is no room for lines. */
export function edgesOf({ nodes, isWide }: Layout, topology: Topology): readonly Edge[] {
  if (!isWide) return [];
  const at = (group: string, id: string) => nodes.find((one) => one.group === group && one.node.id === id);
  const primary = topology.redis.nodes.find(({ role, up }) => role === 'primary' && up);
  const instances = topology.services.flatMap((service) =>
    service.instances.map((instance) => ({ ...instance, service: service.name })),
  );
  const requests = instances.flatMap(({ service, id, seenBy }) =>
    seenBy.flatMap(({ gateway, inFlight, available, traffic }) =>
      edge(at('gateway', gateway), at(service, id), { inFlight, isOpen: available, traffic }),
    ),
  );
  const sessions = instances.flatMap(({ service, id }) =>
    edge(at(service, id), primary && at('Redis', primary.id)),
  );
  const records = instances.flatMap(({ service, id }) => edge(at(service, id), at('Postgres', service)));
  return [...requests, ...sessions, ...records];
}

/** The figures on the lines to the instances. */
export function edgeLabelsOf({ nodes, isWide }: Layout): readonly EdgeLabel[] {
  if (!isWide) return [];
  const gateways = nodes.filter(({ node }) => node.kind === 'gateway').map(middle);
  const from = gateways.reduce((sum, y) => sum + y, 0) / gateways.length;
  return nodes.flatMap((placed) => {
    const { id, traffic } = placed.node;
    if (!traffic) return [];
    const end = middle(placed);
    const y = end + (end < from ? -LABEL_GAP.y : LABEL_GAP.y);
    return [{ to: id, x: placed.x - LABEL_GAP.x, y, ...trafficFigures(traffic) }];
  });
}

function middle({ y, height }: PlacedNode): number {
  return y + height / 2;
}

function edge(
  from: PlacedNode | undefined,
  to: PlacedNode | undefined,
  how: Pick<Edge, 'inFlight' | 'isOpen' | 'traffic'> = { inFlight: 0, isOpen: true },
): readonly Edge[] {
  if (!from || !to) return [];
  const [x1, y1] = [from.x + from.width, middle(from)];
  const [x2, y2] = [to.x, middle(to)];
  const bend = (x2 - x1) / 2;
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return [{ from: from.node.id, to: to.node.id, path, tone: trafficTone(how.traffic), ...how }];
}
