import { useMutation, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.js';
import type { BalancerChange, BalancerChanged, FaultKind } from '../api/platform.js';
import { noteFault } from '../events/live-events.js';

/** How long a fault lasts that is not over at once. */
export const FAULT_MS = 5_000;

/** What may be done to a process. */
export interface Operation {
  readonly kind: FaultKind | 'drain' | 'undrain';
  readonly target: string;
}

/** Drains a process, or breaks it for a while. What happens then is seen on the timeline. */
export function useOperation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ kind, target }: Operation) => {
      const path = `/platform/instances/${encodeURIComponent(target)}`;
      noteFault({ kind, target, ...((kind === 'stop' || kind === 'slow') && { forMs: FAULT_MS }) });
      if (kind === 'drain' || kind === 'undrain') return call('POST', `${path}/${kind}`);
      return call('POST', `${path}/fault`, { body: { kind, forMs: FAULT_MS } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['topology'] }),
  });
}

/** Has all gateway workers choose instances by another policy. */
export function useBalancer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: BalancerChange) =>
      call<BalancerChanged>('PUT', '/platform/balancer', { body: change }),
    onSettled: () => client.invalidateQueries({ queryKey: ['topology'] }),
  });
}
