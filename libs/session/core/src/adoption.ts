import { SessionEndedError, SessionUnknownError, StoreUnavailableError } from './errors.js';
import type { ClaimOutcome, SessionStore } from './session-store.js';

const LEASE_MS = 2_000;
const PAUSE_MS = 50;
/** Claimants come one after the other; only an endless row of them is met so often. */
const LONGEST_WAIT_MS = 3 * LEASE_MS;

/** What an adoption works with. */
export interface AdoptionDeps {
  readonly store: SessionStore;
  readonly pause: (ms: number) => Promise<void>;
  /** Ends a session that another has taken the place of (`replaced`). */
  readonly endReplaced: (sessionId: string) => Promise<unknown>;
}

/**
 * Writes what a session left behind into another, where that has written nothing itself, and drops it. The one that
 * drops the parcel has adopted it; who claimed it before and did not come to that is ended (`replaced`), for its
 * session may hold a part. So a crash between any two steps loses nothing, and two sessions never hold the same.
 *
 * @returns whether there was anything to adopt
 * @throws SessionEndedError, SessionUnknownError if `into` is over, or took so long that another adopted it
 * @throws StoreUnavailableError if the others who want it do not come to an end either
 */
export async function adopt(deps: AdoptionDeps, from: string, into: string): Promise<boolean> {
  const { store } = deps;
  const claimed = await claim(deps, from, into);
  if (claimed.outcome === 'none') return false;
  for (const former of claimed.formerly) await deps.endReplaced(former);
  for (const [namespace, value] of Object.entries(claimed.data)) {
    const written = await store.writeData(into, namespace, 0, JSON.stringify(value));
    if (written.outcome === 'ended') throw new SessionEndedError(written.ended);
    if (written.outcome === 'absent') throw new SessionUnknownError();
  }
  if (await store.dropParcel(from, into)) return true;
  await deps.endReplaced(into);
  const found = await store.read(into);
  throw found.state === 'ended' ? new SessionEndedError(found) : new SessionUnknownError();
}

/** Claims a parcel; waits for a claimant before us until its lease is over. */
async function claim(
  { store, pause }: AdoptionDeps,
  from: string,
  into: string,
): Promise<Exclude<ClaimOutcome, { outcome: 'busy' }>> {
  for (let waitedMs = 0; waitedMs < LONGEST_WAIT_MS; waitedMs += PAUSE_MS) {
    const claimed = await store.claimParcel(from, into, LEASE_MS);
    if (claimed.outcome !== 'busy') return claimed;
    await pause(PAUSE_MS);
  }
  throw new StoreUnavailableError('Others are adopting what the session left behind.');
}
