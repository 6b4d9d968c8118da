import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/call.js';
import type { Receipt, SessionList } from '../api/contracts.js';
import { usePresence } from '../session/use-presence.js';

const LOOK_EVERY_MS = 10_000;
const DEVICES = ['devices'];

/** The devices that are signed in to one's account, and what became of those that were. */
export function useDevices() {
  const isPresent = usePresence();
  return useQuery({
    queryKey: DEVICES,
    queryFn: ({ signal }) => call<SessionList>('GET', '/auth/sessions', { signal }),
    refetchInterval: isPresent ? LOOK_EVERY_MS : false,
  });
}

/** Ends one of one's sessions, or all others. The answer is a receipt. */
export function useEndDevices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (which: { readonly id: string } | 'others') =>
      which === 'others'
        ? call<Receipt>('POST', '/auth/logout-others')
        : call<Receipt>('DELETE', `/auth/sessions/${encodeURIComponent(which.id)}`),
    onSettled: () => client.invalidateQueries({ queryKey: DEVICES }),
  });
}
