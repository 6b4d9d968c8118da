import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { call } from '../api/call.js';
import type { Topology } from '../api/platform.js';
import { useLiveEvents } from '../events/live-events.js';
import { usePresence } from '../session/use-presence.js';
import { groupsOf, remember, type TopologyGroup } from './nodes.js';

const TOPOLOGY = ['topology'];
const LOOK_EVERY_MS = 2_000;

/** Who runs and how everybody does: asked every two seconds, and when something happens. */
export function useTopology() {
  const client = useQueryClient();
  const isPresent = usePresence();
  const { events, state } = useLiveEvents();
  const latest = events.at(-1)?.id;
  const known = useRef<ReadonlyMap<string, readonly string[]>>(new Map());
  useEffect(() => {
    if (latest !== undefined) void client.invalidateQueries({ queryKey: TOPOLOGY });
  }, [client, latest]);
  const query = useQuery({
    queryKey: TOPOLOGY,
    queryFn: async ({ signal }): Promise<{ topology: Topology; groups: readonly TopologyGroup[] }> => {
      const topology = await call<Topology>('GET', '/platform/topology', { signal });
      const groups = groupsOf(topology, known.current);
      known.current = remember(known.current, groups);
      return { topology, groups };
    },
    refetchInterval: isPresent ? LOOK_EVERY_MS : false,
  });
  return { ...query, stream: state };
}
