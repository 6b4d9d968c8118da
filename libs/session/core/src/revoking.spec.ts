import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LedgerUnavailableError } from './errors.js';
import { MemoryRevocationLedger } from './memory-revocation-ledger.js';
import { MemorySessionStore } from './memory-session-store.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { LedgerEntry, Revocation } from './revocation-ledger.js';
import { SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';
import { SessionManager } from './session-manager.js';
import { DEFAULT_SESSION_SETTINGS } from './session-settings.js';
import type { SessionsEnded } from './session.js';

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1: secret() } }, ids);
const userId = 'ada';
const input = { userId, roles: ['user'], client: { ip: '203.0.113.7', userAgent: 'spec' } };

/** Fails as it is told, and keeps what is to be recorded later until it is asked for. */
class FragileLedger extends MemoryRevocationLedger {
  failure: Error | undefined;
  readonly later: Revocation[] = [];

  override async record(revocation: Revocation): Promise<LedgerEntry> {
    if (this.failure) throw this.failure;
    return super.record(revocation);
  }

  override recordLater(revocation: Revocation): void {
    this.later.push(revocation);
  }
}

let now: number;
let store: MemorySessionStore;
let ledger: FragileLedger;
let manager: SessionManager;
let ended: SessionsEnded[];

beforeEach(() => {
  now = 1_700_000_000_000;
  const clock = { now: () => now };
  store = new MemorySessionStore({ clock });
  ledger = new FragileLedger({ clock });
  manager = new SessionManager({ store, ids, refreshTokens, ledger, settings: DEFAULT_SESSION_SETTINGS });
  ended = [];
  manager.onEnd((ends) => ended.push(ends));
});

async function begin() {
  const { session, refreshToken } = await manager.begin({ ...input, epoch: await manager.epoch(userId) });
  return { sessionId: session.record.sessionId, refreshToken };
}

/** The token that a refresh would give, in a store that has not seen it. */
function successorOf(token: string): string {
  const parsed = refreshTokens.parse(token);
  const successor = parsed && refreshTokens.successor(parsed);
  if (!successor) throw new Error('The token is none of ours.');
  return successor.token;
}

const stateOf = async (sessionId: string) => (await manager.resolve(sessionId)).state;

describe('with a ledger', () => {
  it('records nothing about who was never there or is over by itself', async () => {
    const { sessionId } = await begin();
    now += DEFAULT_SESSION_SETTINGS.absoluteTimeoutMs;
    for (const over of [sessionId, ids.mint(userId)]) {
      expect(await manager.revoke(over, 'logout')).toMatchObject({ revoked: 0, durable: true });
    }
    expect(await ledger.lastSequence()).toBe(0);
  });

  it('begins sessions with what the ledger has and the store not yet', async () => {
    const entry = await ledger.record({ kind: 'user', userId, because: 'revoked' });
    const { sessionId } = await begin();
    await manager.carryOut(entry);
    expect(await stateOf(sessionId)).toBe('live');
  });

  it('records a theft, of which the store alone knew', async () => {
    const { sessionId, refreshToken } = await begin();
    await manager.refresh(refreshToken);
    now += DEFAULT_SESSION_SETTINGS.refreshWindowMs + 1;
    expect(await manager.refresh(refreshToken)).toMatchObject({ outcome: 'refused', theft: true });
    expect(await ledger.entriesAbove(0, 10)).toMatchObject([{ sessionId, because: 'token-reuse' }]);
    expect(ended).toEqual([{ sessionIds: [sessionId], because: 'token-reuse' }]);
  });
});

describe('while the ledger is away', () => {
  it('ends in the store alone, says so, and has it recorded later', async () => {
    const { sessionId } = await begin();
    ledger.failure = new LedgerUnavailableError();
    expect(await manager.revoke(sessionId, 'logout')).toMatchObject({ revoked: 1, durable: false });
    expect(await stateOf(sessionId)).toBe('ended');
    expect(ledger.later).toMatchObject([{ kind: 'session', sessionId, because: 'logout' }]);
    expect(ended).toEqual([{ sessionIds: [sessionId], because: 'logout' }]);
  });

  it('ends nothing that begins between an end of all and its entry in the ledger', async () => {
    const before = await begin();
    ledger.failure = new LedgerUnavailableError();
    expect(await manager.revokeAll(userId, 'logout')).toMatchObject({ revoked: 1, durable: false });
    const since = await begin();
    now += 60_000;
    ledger.failure = undefined;
    for (const late of ledger.later) await manager.carryOut(await ledger.record(late));
    expect(await stateOf(before.sessionId)).toBe('ended');
    expect(await stateOf(since.sessionId)).toBe('live');
  });

  it('hides no other failure of it', async () => {
    const { sessionId } = await begin();
    ledger.failure = new Error('a fault');
    await expect(manager.revoke(sessionId, 'logout')).rejects.toThrow('a fault');
    expect(await stateOf(sessionId)).toBe('live');
  });
});

describe('a refresh token of a generation that the store has lost', () => {
  it('G6: is refreshed, and its repetition gets the same', async () => {
    const lost = successorOf((await begin()).refreshToken);
    const refreshed = { outcome: 'refreshed', refreshToken: successorOf(lost) };
    expect(await manager.refresh(lost)).toMatchObject(refreshed);
    expect(await manager.refresh(lost)).toMatchObject(refreshed);
  });

  it('G9: opens nothing that the ledger knows as over', async () => {
    const { sessionId, refreshToken } = await begin();
    await ledger.record({ kind: 'session', sessionId, because: 'logout' });
    expect(await manager.refresh(successorOf(refreshToken))).toEqual({ outcome: 'refused' });
  });

  it('G9: opens nothing of before an end of all', async () => {
    const { refreshToken } = await begin();
    await ledger.record({ kind: 'user', userId, because: 'logout' });
    expect(await manager.refresh(successorOf(refreshToken))).toEqual({ outcome: 'refused' });
  });

  it('is refused where nobody could tell what else was lost', async () => {
    const lost = successorOf((await begin()).refreshToken);
    const alone = new SessionManager({ store, ids, refreshTokens, settings: DEFAULT_SESSION_SETTINGS });
    expect(await alone.refresh(lost)).toEqual({ outcome: 'refused' });
  });
});
