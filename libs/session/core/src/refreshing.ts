import type { IssuedRefreshToken, ParsedRefreshToken, RefreshTokens } from './refresh-tokens.js';
import type { RevocationLedger } from './revocation-ledger.js';
import type { Revoker } from './revoking.js';
import type { LiveSession } from './session.js';
import type { RefreshOutcome } from './session-grant.js';
import type { RotateOutcome, SessionStore } from './session-store.js';

/** What a refresh works with. */
export interface RefreshDeps {
  readonly store: SessionStore;
  readonly ledger: RevocationLedger | undefined;
  readonly revoker: Pick<Revoker, 'note'>;
  /** Resolves when all that verify sessions have heard of what is in the store. */
  readonly acknowledged: () => Promise<unknown>;
  readonly tokens: RefreshTokens;
  readonly windowMs: number;
}

const REFUSED = { outcome: 'refused' } as const;

/**
 * Swaps a refresh token for its successor: one step in the store. A genuine token of a generation that the store has
 * not reached was issued by a store that has been rolled back since: that costs nobody a session, unless the ledger
 * knows that it is over.
 *
 * @throws LedgerUnavailableError where only the ledger could tell
 */
export async function refresh(deps: RefreshDeps, token: string): Promise<RefreshOutcome> {
  const { store, tokens, windowMs } = deps;
  const parsed = tokens.parse(token);
  const successor = parsed && tokens.successor(parsed);
  if (!parsed || !successor) return REFUSED;
  const rotated = await store.rotate(parsed.presented, successor.secret, windowMs);
  if (rotated.outcome !== 'ahead') return answer(deps, parsed, successor, rotated);
  // Without a ledger nobody can tell what else was lost.
  if (!deps.ledger || (await deps.ledger.hasEnded(rotated.session.record))) return REFUSED;
  const healed = await store.heal(parsed.presented, successor.secret, windowMs);
  return answer(deps, parsed, successor, healed);
}

async function answer(
  { tokens, revoker, acknowledged }: RefreshDeps,
  parsed: ParsedRefreshToken,
  successor: IssuedRefreshToken,
  rotated: RotateOutcome,
): Promise<RefreshOutcome> {
  switch (rotated.outcome) {
    case 'rotated':
      return refreshed(rotated.session, successor);
    case 'repeated':
      return refreshed(rotated.session, tokens.successor(parsed, rotated.keyId));
    case 'reused':
      await revoker.note({ sessionIds: [parsed.presented.sessionId], because: 'token-reuse' });
      await acknowledged();
      return { outcome: 'refused', ended: rotated.ended, theft: true };
    case 'ended':
      return { outcome: 'refused', ended: rotated.ended };
    case 'ahead':
    case 'refused':
      return REFUSED;
  }
}

/** Without a successor the key that derived it is not in the ring any more. */
function refreshed(session: LiveSession, successor: IssuedRefreshToken | undefined): RefreshOutcome {
  if (!successor) return REFUSED;
  return { outcome: 'refreshed', session, transport: 'bearer', refreshToken: successor.token };
}
