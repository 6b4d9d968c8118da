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
  /** Where the lines end, and the text before it. */
  readonly x: number;
  readonly y: number;
}

/** What lies between a line's end and the text. */
const LABEL_GAP = 10;

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
  return nodes.flatMap(({ node: { id, traffic }, x, y, height }) =>
    traffic ? [{ to: id, x: x - LABEL_GAP, y: y + height / 2, ...trafficFigures(traffic) }] : [],
  );
}

function edge(
  from: PlacedNode | undefined,
  to: PlacedNode | undefined,
  how: Pick<Edge, 'inFlight' | 'isOpen' | 'traffic'> = { inFlight: 0, isOpen: true },
): readonly Edge[] {
  if (!from || !to) return [];
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  const [x2, y2] = [to.x, to.y + to.height / 2];
  const bend = (x2 - x1) / 2;
  const path = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  return [{ from: from.node.id, to: to.node.id, path, tone: trafficTone(how.traffic), ...how }];
}
