import { SessionEndedError, SessionUnknownError, StoreUnavailableError } from './errors.js';
import type { LiveSession, SessionLookup } from './session.js';
import type { Amendment, AmendOutcome, SessionStore } from './session-store.js';

const MAX_ATTEMPTS = 1_000;

/** An amendment that was written. */
export type Amended = Extract<AmendOutcome, { outcome: 'amended' }>;

/**
 * Amends a live session, and decides anew when another amendment was faster.
 *
 * @param change - what to change of the session as it is now; `undefined`: nothing, it is as wanted
 * @throws SessionEndedError, SessionUnknownError if the session is not live
 */
export async function amend(
  store: SessionStore,
  session: LiveSession,
  change: (session: LiveSession) => Amendment | undefined,
): Promise<Amended | undefined> {
  let current = session;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { sessionId, version } = current.record;
    const amendment = change(current);
    if (!amendment) return undefined;
    const amended = await store.amend(sessionId, version, amendment);
    if (amended.outcome === 'amended') return amended;
    if (amended.outcome === 'ended') throw new SessionEndedError(amended.ended);
    if (amended.outcome === 'absent') throw new SessionUnknownError();
    current = amended.session;
  }
  throw new StoreUnavailableError('The amendment lost too many races.');
}

/** The roles of an account, and their version. */
export interface GivenRoles {
  readonly roles: readonly string[];
  readonly authzVersion: number;
}

/** As `amend`; `false` if there is nothing to change, or the session is over. */
async function amendIfLive(
  store: SessionStore,
  session: LiveSession,
  change: (session: LiveSession) => Amendment | undefined,
): Promise<boolean> {
  try {
    return (await amend(store, session, change)) !== undefined;
  } catch (error) {
    if (error instanceof SessionEndedError || error instanceof SessionUnknownError) return false;
    throw error;
  }
}

/** Gives a live session other roles. `false` if it has these or later ones, or is over. */
function giveRoles(store: SessionStore, session: LiveSession, given: GivenRoles): Promise<boolean> {
  const isDue = ({ record }: LiveSession): boolean => record.authzVersion < given.authzVersion;
  return amendIfLive(store, session, (now) => (isDue(now) ? given : undefined));
}

/** Takes a session's level away: it is to step up. `false` if it has none, or is over. */
export async function takeLevel(store: SessionStore, session: SessionLookup): Promise<boolean> {
  if (session.state !== 'live') return false;
  return amendIfLive(store, session, ({ record }) => (record.acr > 0 ? { acr: 0 } : undefined));
}

/** @throws SessionEndedError, SessionUnknownError if the session is not live */
export function liveOf(found: SessionLookup): LiveSession {
  if (found.state === 'ended') throw new SessionEndedError(found);
  if (found.state === 'absent') throw new SessionUnknownError();
  return found;
}

/** Gives a user other roles: in all live sessions, and for begins in flight, whose epoch is raised. Counts those changed. */
export async function changeRoles(
  store: SessionStore,
  userId: string,
  given: GivenRoles,
  epoch?: number,
): Promise<number> {
  await store.raiseEpoch(userId, epoch);
  const sessions = await store.list(userId);
  const changed = await Promise.all(sessions.map((session) => giveRoles(store, session, given)));
  return changed.filter(Boolean).length;
}
