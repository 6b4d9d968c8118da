import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call, callWithAnswer } from '../api/call.js';
import type { Account, InspectedSessionList, Receipt, User, UserPage } from '../api/contracts.js';
import { useStepUp } from '../session/step-up.js';
import { usePresence } from '../session/use-presence.js';
import { sumReceipts } from './receipts.js';

const LOOK_EVERY_MS = 5_000;
const sessionsOf = (userId: string | undefined) => ['sessions', userId];

/** Everybody who has a profile, a hundred at a time, newest first. */
export function usePeople() {
  return useInfiniteQuery({
    queryKey: ['people'],
    queryFn: ({ pageParam, signal }) =>
      call<UserPage>('GET', `/users?limit=100${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`, {
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}

/** One person, and their account. */
export function usePerson(userId: string) {
  return useQuery({
    queryKey: ['person', userId],
    queryFn: async ({ signal }) => {
      const [user, account] = await Promise.all([
        call<User>('GET', `/users/${userId}`, { signal }),
        call<Account>('GET', `/auth/users/${userId}`, { signal }),
      ]);
      return { user, account };
    },
  });
}

/** The sessions of a person, and who said so. */
export function useSessionsOf(userId: string) {
  const isPresent = usePresence();
  return useQuery({
    queryKey: sessionsOf(userId),
    queryFn: ({ signal }) =>
      callWithAnswer<InspectedSessionList>('GET', `/platform/sessions?userId=${userId}`, { signal }),
    refetchInterval: isPresent ? LOOK_EVERY_MS : false,
  });
}

/** Ends sessions of a person, one or several; one receipt for all of them. */
export function useEndSessions(userId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (ids: readonly string[]) => {
      const end = (id: string) => call<Receipt>('DELETE', `/platform/sessions/${encodeURIComponent(id)}`);
      return sumReceipts(await Promise.all(ids.map(end)));
    },
    onSettled: () => client.invalidateQueries({ queryKey: sessionsOf(userId) }),
  });
}

/** Disables an account, which ends all its sessions, or enables it again. */
export function useSetDisabled(userId: string) {
  const client = useQueryClient();
  const withStepUp = useStepUp();
  return useMutation({
    mutationFn: (isDisabled: boolean) =>
      withStepUp(() =>
        call<Receipt | Account>('POST', `/auth/users/${userId}/${isDisabled ? 'disable' : 'enable'}`),
      ),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['person', userId] });
      await client.invalidateQueries({ queryKey: sessionsOf(userId) });
    },
  });
}
