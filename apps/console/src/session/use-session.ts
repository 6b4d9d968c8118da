import { useQuery, useQueryClient, type QueryClient, type UseQueryResult } from '@tanstack/react-query';
import { useEffect } from 'react';
import { call, refusals } from '../api/call.js';
import type { SessionView, User } from '../api/contracts.js';
import { ended, forgetEnded, noteEnded } from '../api/ended.js';
import { codeOf } from '../api/problem.js';
import { addressOf } from '../router/routes.js';
import { go } from '../router/use-place.js';
import { usePresence } from './use-presence.js';

const SESSION = ['session'];
const LOOK_EVERY_MS = 15_000;

/** The session of this browser; `null`: there is none. */
export function useSession(): UseQueryResult<SessionView | null> {
  const isPresent = usePresence();
  return useQuery({
    queryKey: SESSION,
    queryFn: readSession,
    refetchInterval: ({ state }) => (isPresent && state.data ? LOOK_EVERY_MS : false),
  });
}

async function readSession(): Promise<SessionView | null> {
  try {
    const session = await call<SessionView>('GET', '/auth/session');
    forgetEnded();
    return session;
  } catch (error) {
    if (['ERR_SESSION_ENDED', 'ERR_UNAUTHENTICATED'].includes(codeOf(error) ?? '')) return null;
    throw error;
  }
}

/** Whether somebody with an account is signed in, not a guest. */
export function isSignedIn(session: SessionView | null | undefined): session is SessionView {
  return session?.roles.includes('user') === true;
}

/** Whether the session may look after the platform. What it may do is judged there; this decides what is shown. */
export function isAdmin(session: SessionView | null | undefined): boolean {
  return session?.roles.includes('admin') === true;
}

/** Who is signed in. */
export function useMe(session: SessionView | null | undefined): User | undefined {
  const { data } = useQuery({
    queryKey: ['me', session?.userId],
    queryFn: ({ signal }) => call<User>('GET', '/users/me', { signal }),
    enabled: isSignedIn(session),
    staleTime: 60_000,
  });
  return data;
}

let beginning: Promise<unknown> | undefined;

/** Sees to it that there is a session: who has none becomes a guest, once, however often it is asked for at once. */
export async function ensureSession(client: QueryClient): Promise<void> {
  const session = await client.query({ queryKey: SESSION, queryFn: readSession, staleTime: 'static' });
  if (session) return;
  beginning ??= call('POST', '/auth/guest', { body: { transport: 'cookie' } })
    .then(() => client.query({ queryKey: SESSION, queryFn: readSession, staleTime: 0 }))
    .finally(() => (beginning = undefined));
  await beginning;
}

/** Another session than before: nothing that was read with the old one is shown any more. */
export async function startOver(client: QueryClient): Promise<void> {
  forgetEnded();
  await client.cancelQueries();
  client.removeQueries({
    predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'products',
  });
  await client.invalidateQueries({ queryKey: SESSION });
}

/** Ends the session of this browser. */
export async function signOut(client: QueryClient): Promise<void> {
  await client.cancelQueries();
  await call('POST', '/auth/logout').catch((error: unknown) => {
    if (codeOf(error) !== 'ERR_SESSION_ENDED' && codeOf(error) !== 'ERR_UNAUTHENTICATED') throw error;
  });
  client.setQueryData(SESSION, null);
  await startOver(client);
}

/** When the platform says that the session is over, whatever was asked, the sign-in page says why. */
export function useEndedSession(): void {
  const client = useQueryClient();
  useEffect(
    () =>
      refusals.watch(() => {
        const problem = refusals.get();
        if (!problem) return;
        noteEnded(problem);
        client.setQueryData(SESSION, null);
        const here = location.pathname + location.search;
        if (ended.get() && !here.includes('/sign-in')) go(addressOf('sign-in', { next: here }), 'replace');
      }),
    [client],
  );
}
