import { randomBytes, randomUUID } from 'node:crypto';
import {
  DEFAULT_SESSION_SETTINGS,
  defineNamespace,
  MemoryRevocationLedger,
  SessionEndedError,
  SessionIds,
  SessionKeys,
  SessionUnknownError,
} from '@holdfast/session-core';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Carrier, type CarryingSession } from './carrier.js';
import { carrying } from './carried-records.js';
import { SealedCredentials } from './credentials.js';
import { StrategyUnsupportedError } from './errors.js';
import { DataSealer } from './session-data.js';
import { TokenSessionManager, type AccountNow } from './token-session-manager.js';

const secret = () => randomBytes(32).toString('base64url');
const HOUR_MS = 3_600_000;
const client = { ip: '203.0.113.9', userAgent: 'spec' };
const notes = defineNamespace({ name: 'notes', owner: 'order', schema: z.array(z.string()) });

let now: number;
let accounts: Map<string, AccountNow>;
let ledger: MemoryRevocationLedger;
let manager: TokenSessionManager;
let userId: string;

beforeEach(() => {
  now = Date.UTC(2026, 10, 28, 9, 0, 0, 250);
  userId = randomUUID();
  accounts = new Map([[userId, { roles: ['user'] }]]);
  ledger = new MemoryRevocationLedger({ clock: { now: () => now } });
  const sealer = new DataSealer({ secret: secret() }, { secret: secret() });
  manager = new TokenSessionManager({
    ids: new SessionIds(SessionKeys.fromSecret(secret())),
    settings: DEFAULT_SESSION_SETTINGS,
    opener: sealer.opener,
    owner: 'order',
    writer: { write: async (change) => (await sealer.write(change, 'order')) ?? '' },
    clock: { now: () => now },
    issuing: {
      credentials: new SealedCredentials({ secret: secret() }),
      sealer,
      account: async (id) => accounts.get(id),
      ledger,
      boundMs: 305_000,
    },
  });
});

async function signIn(more: { readonly rememberMe?: boolean; readonly guest?: boolean } = {}) {
  const epoch = more.guest ? 0 : await manager.epoch(userId);
  const roles = more.guest ? ['guest'] : ['user'];
  const who = more.guest ? randomUUID() : userId;
  const { session, refreshToken } = await manager.begin({ userId: who, roles, client, epoch, ...more });
  return { record: session.record, refreshToken, carried: carrying(session.record) };
}

/** As a request of the session's, with the data that its client carries; answers what it carries from then on. */
async function request<T>(session: CarryingSession, sealed: string | undefined, task: () => Promise<T>) {
  const carrier = new Carrier(session, sealed);
  const result = await manager.carriers.run(carrier, task);
  return { result, sealed: carrier.sealed, returned: carrier.returned };
}

describe('a session that its client carries', () => {
  it('begins with all that its deadline says, in whole seconds', async () => {
    const { record, refreshToken } = await signIn();
    expect([record.createdAt % 1000, record.expiresAt - record.createdAt]).toEqual([0, 43_200_000]);
    const found = await manager.peekRefresh(refreshToken);
    expect(found?.record).toMatchObject({ sessionId: record.sessionId, userId, roles: ['user'], acr: 1 });
    expect(await manager.sessionOfRefreshToken(refreshToken)).toBe(record.sessionId);
  });

  it('is what its token says, until its deadline and no longer', async () => {
    const { record, carried } = await signIn();
    const token = { sessionId: record.sessionId, lifetime: carried };
    expect(manager.confirm(token).found).toMatchObject({ state: 'carried' });
    now = record.expiresAt - 1;
    expect(manager.confirm(token).found).toMatchObject({ state: 'carried' });
    now = record.expiresAt;
    const ended = { state: 'ended', because: 'expired', endedAt: record.expiresAt };
    expect(manager.confirm(token).found).toEqual(ended);
  });

  it('is nothing to a token of another strategy', async () => {
    const { record } = await signIn();
    expect(manager.confirm({ sessionId: record.sessionId }).found).toEqual({ state: 'absent' });
  });

  it('is refreshed with the roles of now, and ends at its deadline always', async () => {
    const { record, refreshToken } = await signIn();
    accounts.set(userId, { roles: ['user', 'support'] });
    now += 11 * HOUR_MS;
    const refreshed = await manager.refresh(refreshToken);
    expect(refreshed).toMatchObject({
      outcome: 'refreshed',
      session: { record: { roles: ['user', 'support'] } },
    });
    if (refreshed.outcome !== 'refreshed') throw new Error('refused');
    expect(refreshed.session.record.expiresAt).toBe(record.expiresAt);
    now = record.expiresAt;
    for (const token of [refreshToken, refreshed.refreshToken]) {
      expect(await manager.refresh(token)).toMatchObject({
        outcome: 'refused',
        ended: { because: 'expired' },
      });
    }
  });

  it('takes a refresh token again and again: reuse is not found out', async () => {
    const { refreshToken } = await signIn();
    for (const _time of [1, 2, 3]) {
      now += HOUR_MS;
      expect(await manager.refresh(refreshToken)).toMatchObject({ outcome: 'refreshed' });
    }
  });

  it('is refreshed for no account that is disabled or gone', async () => {
    const { refreshToken } = await signIn();
    accounts.set(userId, { roles: ['user'], disabledAt: 5_000 });
    const ended = { state: 'ended', because: 'account-disabled', endedAt: 5_000 };
    expect(await manager.refresh(refreshToken)).toEqual({ outcome: 'refused', ended });
    accounts.delete(userId);
    expect(await manager.refresh(refreshToken)).toEqual({ outcome: 'refused' });
  });

  it('is over at the next refresh when the ledger has ended the account’s sessions, but for the one to keep', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const { sessionId: keepSessionId } = one.record;
    const entry = await ledger.record({ kind: 'user', userId, because: 'password-changed', keepSessionId });
    expect(await manager.carryOut(entry)).toEqual({
      acknowledgedBy: 0,
      instances: 0,
      revoked: 0,
      durable: true,
      boundMs: 305_000,
    });
    expect(await manager.refresh(one.refreshToken)).toMatchObject({ outcome: 'refreshed' });
    expect(await manager.refresh(other.refreshToken)).toEqual({ outcome: 'refused' });
    expect(await manager.refresh((await signIn()).refreshToken)).toMatchObject({ outcome: 'refreshed' });
  });

  it('does not begin with an epoch from before its account’s sessions were ended', async () => {
    const epoch = await manager.epoch(userId);
    await ledger.record({ kind: 'user', userId, because: 'password-changed' });
    const begin = manager.begin({ userId, roles: ['user'], client, epoch });
    await expect(begin).rejects.toThrow(SessionEndedError);
  });

  it('gives a guest no account to lose', async () => {
    const { record, refreshToken } = await signIn({ guest: true });
    expect(record.expiresAt - record.createdAt).toBe(604_800_000);
    expect(await manager.refresh(refreshToken)).toMatchObject({
      outcome: 'refreshed',
      session: { record: { roles: ['guest'], acr: 0 } },
    });
  });

  it('is opened by a cookie as by a token, each for its own use', async () => {
    const begin = { userId, roles: ['user'], client, transport: 'cookie', rememberMe: true } as const;
    const { cookie, session } = await manager.begin(begin);
    const { record } = session;
    expect(record.expiresAt - record.createdAt).toBe(2_592_000_000);
    expect(await manager.resolveCookie(cookie)).toMatchObject({
      state: 'live',
      record: { rememberMe: true },
    });
    expect(await manager.refresh(cookie)).toEqual({ outcome: 'refused' });
    expect(await manager.resolveCookie((await signIn()).refreshToken)).toEqual({ state: 'absent' });
    accounts.set(userId, { roles: [], disabledAt: now });
    expect(await manager.resolveCookie(cookie)).toMatchObject({ because: 'account-disabled' });
  });

  it('is raised in its own request only; what was out before is not', async () => {
    const { record, refreshToken, carried } = await signIn();
    now += HOUR_MS;
    const { result } = await request(carried, undefined, () => manager.stepUp(record.sessionId, { acr: 2 }));
    expect(result.session.record).toMatchObject({
      acr: 2,
      sessionId: record.sessionId,
      expiresAt: record.expiresAt,
    });
    expect(result.session.record.steppedUpAt).toBe(result.session.record.authTimeAt);
    expect((await manager.peekRefresh(refreshToken))?.record).toMatchObject({ acr: 1 });
    const raised = result.transport === 'bearer' ? result.refreshToken : '';
    expect((await manager.peekRefresh(raised))?.record).toMatchObject({ acr: 2, roles: ['user'] });
    await expect(manager.stepUp(record.sessionId, { acr: 2 })).rejects.toThrow(StrategyUnsupportedError);
  });

  it('is not raised once the ledger has ended it', async () => {
    const { record, carried } = await signIn();
    await ledger.record({ kind: 'user', userId, because: 'password-changed' });
    const raising = request(carried, undefined, () => manager.stepUp(record.sessionId, { acr: 2 }));
    await expect(raising).rejects.toThrow(SessionEndedError);
  });

  it('is left with a receipt that says what that is worth', async () => {
    const { record, refreshToken } = await signIn();
    const receipt = { acknowledgedBy: 0, instances: 0, revoked: 0, durable: false, boundMs: 305_000 };
    expect(await manager.revoke(record.sessionId, 'logout')).toEqual(receipt);
    expect(await manager.refresh(refreshToken)).toMatchObject({ outcome: 'refreshed' });
  });

  it('does nothing that needs a record', async () => {
    const { sessionId } = (await signIn()).record;
    const asked = [
      manager.list(),
      manager.listEnded(),
      manager.resolve(),
      manager.revoke(sessionId, 'revoked'),
      manager.revokeAll(),
      manager.changeRoles(),
    ];
    for (const answer of asked) await expect(answer).rejects.toThrow(StrategyUnsupportedError);
    expect(await manager.touch()).toBe(false);
  });
});

describe('its data', () => {
  const add = (id: string, note: string) => () =>
    manager.namespace(notes).update(id, (held = []) => [...held, note]);
  const read = (id: string) => async () => (await manager.namespace(notes).read(id)).value;

  it('is written and read by the namespaces of any strategy, and goes with the request', async () => {
    const { record, carried } = await signIn();
    const { sessionId } = record;
    const first = await request(carried, undefined, add(sessionId, 'a'));
    const second = await request(carried, first.sealed, add(sessionId, 'b'));
    expect((await request(carried, second.sealed, read(sessionId))).result).toEqual(['a', 'b']);
    expect((await request(carried, second.sealed, () => manager.allData(sessionId))).result).toEqual({
      notes: ['a', 'b'],
    });
    expect((await request(carried, undefined, read(sessionId))).result).toBeUndefined();
  });

  it('counts all writes of one request, and of two at once the one that the client keeps', async () => {
    const { record, carried } = await signIn();
    const { sessionId } = record;
    const both = () => Promise.all([add(sessionId, 'a')(), add(sessionId, 'b')()]);
    const { sealed } = await request(carried, undefined, both);
    expect((await request(carried, sealed, read(sessionId))).result?.sort()).toEqual(['a', 'b']);
    const [one, other] = await Promise.all([
      request(carried, sealed, add(sessionId, 'c')),
      request(carried, sealed, add(sessionId, 'd')),
    ]);
    expect((await request(carried, one.sealed, read(sessionId))).result).not.toContain('d');
    expect((await request(carried, other.sealed, read(sessionId))).result).not.toContain('c');
  });

  it('is what the client shows, an older value too: it can be replayed', async () => {
    const { record, carried } = await signIn();
    const { sessionId } = record;
    const before = await request(carried, undefined, add(sessionId, 'a'));
    await request(carried, before.sealed, add(sessionId, 'b'));
    expect((await request(carried, before.sealed, read(sessionId))).result).toEqual(['a']);
  });

  it('is nobody else’s: with another session it is none', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const { sealed } = await request(one.carried, undefined, add(one.record.sessionId, 'a'));
    const { sessionId } = other.record;
    expect((await request(other.carried, sealed, read(sessionId))).result).toBeUndefined();
    const reading = request(other.carried, sealed, read(one.record.sessionId));
    await expect(reading).rejects.toThrow(SessionUnknownError);
  });

  it('is there in the session’s own request only', async () => {
    const { record } = await signIn();
    await expect(read(record.sessionId)()).rejects.toThrow(SessionUnknownError);
  });

  it('follows a guest into the session that begins in the same request, and no other', async () => {
    const guest = await signIn({ guest: true });
    const { sealed } = await request(guest.carried, undefined, add(guest.record.sessionId, 'a'));
    const { result: begun, returned } = await request(guest.carried, sealed, async () => {
      const { record } = await signIn();
      expect(await manager.adopt(guest.record.sessionId, randomUUID())).toBe(false);
      expect(await manager.adopt(guest.record.sessionId, record.sessionId)).toBe(true);
      return record;
    });
    expect(returned?.session.sessionId).toBe(begun.sessionId);
    const carried = carrying(begun);
    expect((await request(carried, returned?.sealed, read(begun.sessionId))).result).toEqual(['a']);
    expect(await manager.adopt(guest.record.sessionId, begun.sessionId)).toBe(false);
  });
});
