import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { SessionEndedError, SessionUnknownError, StoreUnavailableError } from './errors.js';
import { MemorySessionStore } from './memory-session-store.js';
import { defineNamespace } from './namespace-definition.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionCookies } from './session-cookies.js';
import { SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';
import { SessionManager } from './session-manager.js';
import { DEFAULT_SESSION_SETTINGS } from './session-settings.js';

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const [k1, k2] = [secret(), secret()];
const refreshTokens = new RefreshTokens({ activeKeyId: 'k1', keys: { k1, k2 } }, ids);
const settings = { ...DEFAULT_SESSION_SETTINGS, sessionsPerUser: 3 };
const input = { userId: 'ada', roles: ['user'], client: { ip: '203.0.113.7', userAgent: 'spec' } };
const cart = defineNamespace({ name: 'cart', owner: 'spec', schema: z.number() });

let now: number;
let store: MemorySessionStore;
let manager: SessionManager;

function managerWith(activeKeyId: 'k1' | 'k2', keys: Record<string, string> = { k1, k2 }): SessionManager {
  return new SessionManager({
    store,
    ids,
    refreshTokens: new RefreshTokens({ activeKeyId, keys }, ids),
    settings,
    owner: 'spec',
  });
}

beforeEach(() => {
  now = 1_700_000_000_000;
  store = new MemorySessionStore({ clock: { now: () => now } });
  manager = managerWith('k1');
});

describe('begin', () => {
  it('begins a session with the deadlines of the settings', async () => {
    const { session } = await manager.begin(input);
    expect(session.record).toMatchObject({
      userId: 'ada',
      acr: 1,
      createdAt: now,
      expiresAt: now + 43_200_000,
    });
    expect(session.idleExpiresAt).toBe(now + 1_800_000);
    expect(await manager.resolve(session.record.sessionId)).toEqual(session);
  });

  it('remembers who wants it for longer', async () => {
    const { session } = await manager.begin({ ...input, rememberMe: true });
    expect(session.record.expiresAt).toBe(now + 2_592_000_000);
  });

  it('cuts a long user agent and does not follow later changes of what it was given', async () => {
    const roles = ['user'];
    const client = { ip: '203.0.113.7', userAgent: 'x'.repeat(5_000) };
    const { session } = await manager.begin({ ...input, roles, client });
    roles.push('admin');
    const read = await manager.resolve(session.record.sessionId);
    expect(read).toMatchObject({ record: { roles: ['user'], client: { userAgent: 'x'.repeat(256) } } });
  });

  it('keeps the limit of sessions per user', async () => {
    for (let i = 0; i < 5; i += 1) await manager.begin(input);
    expect(await manager.list('ada')).toHaveLength(3);
  });

  it('refuses a sign-in that the end of all sessions overtook', async () => {
    const epoch = await manager.epoch('ada');
    await manager.revokeAll('ada', 'password-changed');
    await expect(manager.begin({ ...input, epoch })).rejects.toBeInstanceOf(SessionEndedError);
    await expect(manager.begin({ ...input, epoch })).rejects.toMatchObject({
      code: 'ERR_SESSION_ENDED',
      ended: { because: 'password-changed', endedAt: now },
    });
    await manager.begin(input);
  });

  it('needs refresh keys', async () => {
    const reader = new SessionManager({ store, ids, settings });
    await expect(reader.begin(input)).rejects.toBeInstanceOf(TypeError);
    await expect(reader.begin({ ...input, transport: 'cookie' })).rejects.toBeInstanceOf(TypeError);
    await expect(reader.refresh('x')).rejects.toBeInstanceOf(TypeError);
  });
});

describe('kinds of sessions', () => {
  it.each([
    ['a guest', { guest: true }, { acr: 0 }, 604_800_000],
    ['a guest who wants to be remembered', { guest: true, rememberMe: true }, { acr: 0 }, 604_800_000],
    ['who is remembered', { rememberMe: true }, { acr: 1, rememberMe: true }, 2_592_000_000],
    ['who shows a second factor', { acr: 2 }, { acr: 2 }, 43_200_000],
  ])('gives %s deadlines and a level of their own', async (_who, kind, record, lifeMs) => {
    const { session } = await manager.begin({ ...input, ...kind });
    expect(session.record).toMatchObject({ ...record, createdAt: now, expiresAt: now + lifeMs });
    expect(session.record.rememberMe).toBe('rememberMe' in record ? true : undefined);
  });

  it('takes the idle timeouts of guests and of the remembered from the settings', async () => {
    const own = { guestIdleTimeoutMs: 60_000, rememberMeIdleTimeoutMs: 120_000 };
    const other = new SessionManager({ store, ids, refreshTokens, settings: { ...settings, ...own } });
    expect((await other.begin({ ...input, guest: true })).session.record.idleTimeoutMs).toBe(60_000);
    expect((await other.begin({ ...input, rememberMe: true })).session.record.idleTimeoutMs).toBe(120_000);
  });
});

describe('cookies', () => {
  const beginWithCookie = () => manager.begin({ ...input, transport: 'cookie' });

  it('opens a session, and is no refresh token', async () => {
    const grant = await beginWithCookie();
    expect(grant).not.toHaveProperty('refreshToken');
    expect(await manager.resolveCookie(grant.cookie)).toEqual(grant.session);
    expect(manager.sessionOfCookie(grant.cookie)).toBe(grant.session.record.sessionId);
    expect(await manager.refresh(grant.cookie)).toEqual({ outcome: 'refused' });
    expect(JSON.stringify(await store.list('ada'))).not.toContain(grant.cookie.slice(-43));
  });

  it('G16: opens nothing with another secret, with that of another session, or without one', async () => {
    const [a, b] = [await beginWithCookie(), await beginWithCookie()];
    const bearer = await manager.begin(input);
    const swapped = a.cookie.slice(0, 64) + b.cookie.slice(64);
    const other = new SessionCookies(ids).mint(a.session.record.sessionId).value;
    const toBearer = new SessionCookies(ids).mint(bearer.session.record.sessionId).value;
    for (const cookie of [swapped, other, toBearer, a.session.record.sessionId, bearer.refreshToken, '']) {
      expect(await manager.resolveCookie(cookie)).toEqual({ state: 'absent' });
    }
  });

  it('says why the session is over', async () => {
    const { cookie, session } = await beginWithCookie();
    await manager.revoke(session.record.sessionId, 'logout');
    expect(await manager.resolveCookie(cookie)).toMatchObject({ state: 'ended', because: 'logout' });
    expect(manager.sessionOfCookie(cookie)).toBe(session.record.sessionId);
  });
});

describe('step-up', () => {
  const STEP_UP = { acr: 2 };

  it('raises the session and hands out a token of the new level; the one before gets nothing and ends nothing', async () => {
    const { session, refreshToken } = await manager.begin(input);
    now += 60_000;
    const stepped = await manager.stepUp(session.record.sessionId, STEP_UP);
    expect(stepped.session.record).toEqual({
      ...session.record,
      acr: 2,
      version: 2,
      authTimeAt: now,
      steppedUpAt: now,
    });
    expect(await manager.refresh(refreshToken)).toEqual({ outcome: 'refused' });
    if (stepped.transport !== 'bearer') throw new Error('no refresh token');
    const refreshed = await manager.refresh(stepped.refreshToken);
    expect(refreshed).toMatchObject({
      outcome: 'refreshed',
      session: { record: { acr: 2, steppedUpAt: now } },
    });
    expect(await manager.refresh(stepped.refreshToken)).toEqual(refreshed);
  });

  it('ends the session of who comes with the token of before after the window', async () => {
    const { session, refreshToken } = await manager.begin(input);
    await manager.stepUp(session.record.sessionId, STEP_UP);
    now += 30_001;
    expect(await manager.refresh(refreshToken)).toMatchObject({
      theft: true,
      ended: { because: 'token-reuse' },
    });
  });

  it('cannot be outrun by a refresh: no successor of before comes out raised', async () => {
    const { session, refreshToken } = await manager.begin(input);
    const [refreshed, stepped] = await Promise.all([
      manager.refresh(refreshToken),
      manager.stepUp(session.record.sessionId, STEP_UP),
    ]);
    expect(refreshed).toMatchObject({ session: { record: { acr: 1 } } });
    if (refreshed.outcome !== 'refreshed') throw new Error('refused');
    expect(await manager.refresh(refreshed.refreshToken)).toEqual({ outcome: 'refused' });
    expect(stepped.session.record.acr).toBe(2);
  });

  it('rotates the cookie; the one before is good for the window as what it was', async () => {
    const { session, cookie } = await manager.begin({ ...input, transport: 'cookie' });
    now += 60_000;
    const stepped = await manager.stepUp(session.record.sessionId, STEP_UP);
    if (stepped.transport !== 'cookie') throw new Error('no cookie');
    expect(await manager.resolveCookie(stepped.cookie)).toMatchObject({
      record: { acr: 2, steppedUpAt: now },
    });
    const { authTimeAt } = session.record;
    now += 30_000;
    const before = await manager.resolveCookie(cookie);
    expect(before).toMatchObject({ state: 'live', record: { acr: 1, authTimeAt, version: 2 } });
    expect(before).not.toHaveProperty('record.steppedUpAt');
    now += 1;
    expect(await manager.resolveCookie(cookie)).toEqual({ state: 'absent' });
    expect(await manager.resolveCookie(stepped.cookie)).toMatchObject({ state: 'live' });
  });

  it('shows the previous cookie what a step-up before it had raised, and no role that was taken since', async () => {
    const { session } = await manager.begin({ ...input, roles: ['user', 'admin'], transport: 'cookie' });
    const { sessionId } = session.record;
    const first = await manager.stepUp(sessionId, STEP_UP);
    const steppedUpAt = now;
    now += 10_000;
    await manager.stepUp(sessionId, STEP_UP);
    await manager.changeRoles('ada', { roles: ['user'], authzVersion: 1 });
    if (first.transport !== 'cookie') throw new Error('no cookie');
    const seen = await manager.resolveCookie(first.cookie);
    expect(seen).toMatchObject({ record: { acr: 2, authTimeAt: steppedUpAt, steppedUpAt, roles: ['user'] } });
  });

  it('opens the session with the newest cookie and one before it only', async () => {
    const begun = await manager.begin({ ...input, transport: 'cookie' });
    const cookies = [begun.cookie];
    for (let i = 0; i < 3; i += 1) {
      const stepped = await manager.stepUp(begun.session.record.sessionId, STEP_UP);
      if (stepped.transport === 'cookie') cookies.push(stepped.cookie);
    }
    const states = await Promise.all(cookies.map((cookie) => manager.resolveCookie(cookie)));
    expect(states.map(({ state }) => state)).toEqual(['absent', 'absent', 'live', 'live']);
  });

  it('lowers no level', async () => {
    const { session } = await manager.begin({ ...input, acr: 2 });
    expect((await manager.stepUp(session.record.sessionId, { acr: 1 })).session.record.acr).toBe(2);
  });

  it('G15: says why the session is over, or that there is none', async () => {
    const { session } = await manager.begin(input);
    await manager.revoke(session.record.sessionId, 'password-changed');
    const over = manager.stepUp(session.record.sessionId, STEP_UP);
    await expect(over).rejects.toMatchObject({ ended: { because: 'password-changed' } });
    await expect(manager.stepUp(ids.mint('ada'), STEP_UP)).rejects.toBeInstanceOf(SessionUnknownError);
    await expect(manager.stepUp('forged', STEP_UP)).rejects.toBeInstanceOf(SessionUnknownError);
  });
});

describe('roles', () => {
  it('changes them in all live sessions of the user and of nobody else, and counts: nothing when repeated', async () => {
    await manager.begin(input);
    await manager.begin({ ...input, transport: 'cookie' });
    await manager.begin({ ...input, userId: 'bob' });
    expect(await manager.changeRoles('ada', { roles: ['user', 'support'], authzVersion: 1 })).toBe(2);
    expect(await manager.list('ada')).toMatchObject(
      Array.from({ length: 2 }, () => ({ record: { roles: ['user', 'support'], version: 2 } })),
    );
    expect(await manager.list('bob')).toMatchObject([{ record: { roles: ['user'], version: 1 } }]);
    expect(await manager.changeRoles('ada', { roles: ['support', 'user'], authzVersion: 1 })).toBe(0);
    expect(await manager.changeRoles('nobody', { roles: ['user'], authzVersion: 1 })).toBe(0);
  });

  it('begins nothing for a sign-in in flight with the roles of before', async () => {
    const epoch = await manager.epoch('ada');
    await manager.changeRoles('ada', { roles: ['user'], authzVersion: 1 });
    const late = manager.begin({ ...input, roles: ['user', 'admin'], epoch });
    await expect(late).rejects.toBeInstanceOf(SessionEndedError);
    expect(await manager.list('ada')).toEqual([]);
  });

  it('loses neither a step-up nor the roles when both come at once', async () => {
    const { session } = await manager.begin({ ...input, roles: ['user', 'admin'] });
    const { sessionId } = session.record;
    await Promise.all([
      ...Array.from({ length: 5 }, () => manager.stepUp(sessionId, { acr: 2 })),
      manager.changeRoles('ada', { roles: ['user'], authzVersion: 1 }),
    ]);
    expect(await manager.resolve(sessionId)).toMatchObject({
      record: { acr: 2, roles: ['user'], version: 7 },
    });
  });

  it('passes over a session that ends meanwhile', async () => {
    const { session } = await manager.begin(input);
    const changed = manager.changeRoles('ada', { roles: ['support'], authzVersion: 1 });
    await store.end(session.record.sessionId, 'logout');
    expect(await changed).toBe(0);
  });
});

it('G15: lists the devices that were signed out, and why', async () => {
  const { session } = await manager.begin(input);
  await manager.begin(input);
  await manager.revoke(session.record.sessionId, 'logout');
  const { sessionId, client, createdAt } = session.record;
  expect(await manager.listEnded('ada')).toEqual([
    { sessionId, client, createdAt, because: 'logout', endedAt: now },
  ]);
});

it('stops waiting for others who adopt and come to no end', async () => {
  const { session } = await manager.begin(input);
  const { sessionId } = session.record;
  const into = (await manager.begin(input)).session.record.sessionId;
  await manager.namespace(cart).update(sessionId, () => 1);
  await manager.replace(sessionId);
  await store.claimParcel(sessionId, 'another', 2_000);
  const pauses: number[] = [];
  const pause = async (ms: number) => void pauses.push(ms);
  const patient = new SessionManager({ store, ids, refreshTokens, settings, pause });
  await expect(patient.adopt(sessionId, into)).rejects.toBeInstanceOf(StoreUnavailableError);
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(6_000);
});

describe('refresh', () => {
  it('swaps a token for its successor', async () => {
    const { session, refreshToken } = await manager.begin(input);
    now += 60_000;
    const refreshed = await manager.refresh(refreshToken);
    expect(refreshed).toMatchObject({
      outcome: 'refreshed',
      session: { record: session.record, lastSeenAt: now },
    });
  });

  it('G11: gives a retry the same successor', async () => {
    const { refreshToken } = await manager.begin(input);
    const first = await manager.refresh(refreshToken);
    now += 30_000;
    expect(await manager.refresh(refreshToken)).toMatchObject({ ...first, session: { state: 'live' } });
  });

  it('G12: gives a retry the same successor although the active key has changed', async () => {
    const { refreshToken } = await manager.begin(input);
    const first = await manager.refresh(refreshToken);
    const second = await managerWith('k2').refresh(refreshToken);
    expect(second).toEqual(first);
    expect(await managerWith('k2', { k2 }).refresh(refreshToken)).toEqual({ outcome: 'refused' });
  });

  it('G11: ends the session of a stolen token and says so', async () => {
    const { session, refreshToken } = await manager.begin(input);
    await manager.refresh(refreshToken);
    now += 30_001;
    const theft = { outcome: 'refused', theft: true, ended: { because: 'token-reuse', endedAt: now } };
    expect(await manager.refresh(refreshToken)).toMatchObject(theft);
    expect(await manager.resolve(session.record.sessionId)).toMatchObject({ because: 'token-reuse' });
    expect(await manager.refresh(refreshToken)).not.toHaveProperty('theft');
  });

  it('refuses with the reason when the session is over, and without one when there never was any', async () => {
    const { session, refreshToken } = await manager.begin(input);
    await manager.revoke(session.record.sessionId, 'logout');
    expect(await manager.refresh(refreshToken)).toMatchObject({
      outcome: 'refused',
      ended: { because: 'logout' },
    });
    expect(await manager.refresh('nonsense')).toEqual({ outcome: 'refused' });
  });

  it('shows the session of the newest token without using it up, and nothing to a spent or a foreign one', async () => {
    const { refreshToken, session } = await manager.begin(input);
    expect(await manager.peekRefresh(refreshToken)).toEqual(session);
    const refreshed = await manager.refresh(refreshToken);
    if (refreshed.outcome !== 'refreshed') throw new Error('not refreshed');
    expect(await manager.peekRefresh(refreshToken)).toBeUndefined();
    expect(await manager.peekRefresh(refreshed.refreshToken)).toEqual(refreshed.session);
    const { refreshToken: foreign } = await managerWith('k1', { k1: secret() }).begin(input);
    expect(await manager.peekRefresh(foreign)).toBeUndefined();
    expect(await manager.peekRefresh('nothing of ours')).toBeUndefined();
  });

  it('knows the session of a refresh token, also of one that is over', async () => {
    const { session, refreshToken } = await manager.begin(input);
    await manager.revoke(session.record.sessionId, 'logout');
    expect(manager.sessionOfRefreshToken(refreshToken)).toBe(session.record.sessionId);
    expect(manager.sessionOfRefreshToken('nonsense')).toBeUndefined();
  });
});

describe('revoke', () => {
  it('counts what it ended: nothing when repeated', async () => {
    const { session } = await manager.begin(input);
    await manager.begin(input);
    await manager.begin(input);
    expect(await manager.revoke(session.record.sessionId, 'logout')).toMatchObject({ revoked: 1 });
    expect(await manager.revoke(session.record.sessionId, 'logout')).toMatchObject({ revoked: 0 });
    expect(await manager.revokeAll('ada', 'logout')).toMatchObject({ revoked: 2 });
    expect(await manager.revokeAll('ada', 'logout')).toMatchObject({ revoked: 0 });
  });

  it('keeps the session that it is asked to keep', async () => {
    const { session } = await manager.begin(input);
    await manager.begin(input);
    expect(await manager.revokeAll('ada', 'revoked', session.record.sessionId)).toMatchObject({ revoked: 1 });
    expect(await manager.touch(session.record.sessionId)).toBe(true);
  });
});

it('tells of every end that it brings about, once, with the reason: also of those that give way', async () => {
  const ends: unknown[] = [];
  manager.onEnd((ended) => ends.push(ended));
  const begun = async () => {
    now += 1;
    return (await manager.begin(input)).session.record.sessionId;
  };
  const [a, b, c] = [await begun(), await begun(), await begun()];
  await begun(); // more than the limit: the least active gives way
  for (let time = 0; time < 2; time += 1) await manager.revoke(b, 'logout');
  await manager.revoke('no id of ours', 'revoked');
  await manager.replace(c);
  await manager.replace(c);
  await manager.revokeAll('ada', 'password-changed');
  await manager.revokeAll('ada', 'password-changed');
  expect(ends.slice(1, 3)).toEqual([
    { sessionIds: [b], because: 'logout' },
    { sessionIds: [c], because: 'replaced' },
  ]);
  expect([ends[0], ends.length]).toEqual([{ sessionIds: [a], because: 'replaced', userId: 'ada' }, 4]);
  expect(ends[3]).toMatchObject({ because: 'password-changed', userId: 'ada' });
});

it('tells of a theft, and of who was so slow to adopt that another did', async () => {
  const ends: unknown[] = [];
  manager.onEnd((ended) => ends.push(ended));
  const { refreshToken, session } = await manager.begin(input);
  await manager.refresh(refreshToken);
  now += settings.refreshWindowMs + 1;
  await manager.refresh(refreshToken);
  const stolen = session.record.sessionId;
  expect(ends).toEqual([{ sessionIds: [stolen], because: 'token-reuse' }]);
  const begun = async () => (await manager.begin(input)).session.record.sessionId;
  const [from, slow, into] = [await begun(), await begun(), await begun()];
  await manager.namespace(cart).update(from, () => 1);
  await manager.replace(from);
  await store.claimParcel(from, slow, 0);
  await manager.adopt(from, into);
  expect(ends.at(-1)).toEqual({ sessionIds: [slow], because: 'replaced' });
});

describe('settings', () => {
  it.each([
    { idleTimeoutMs: 0 },
    { absoluteTimeoutMs: -1 },
    { tombstoneMs: 1.5 },
    { sessionsPerUser: 0 },
    { refreshWindowMs: NaN },
    { guestTimeoutMs: 0 },
    { guestIdleTimeoutMs: -1 },
    { rememberMeIdleTimeoutMs: 0.5 },
  ])('refuses %p', (wrong) => {
    expect(() => new SessionManager({ store, ids, settings: { ...settings, ...wrong } })).toThrow(TypeError);
  });
});

it('forgets ended sessions and what nobody came back for', async () => {
  const { session } = await manager.begin(input);
  await manager.begin(input);
  await manager.revoke(session.record.sessionId, 'logout');
  now += 43_200_000 + 86_400_000;
  await manager.begin({ ...input, userId: 'bob' });
  now += 86_400_000;
  await manager.begin({ ...input, userId: 'bob' });
  expect(await manager.resolve(session.record.sessionId)).toEqual({ state: 'absent' });
  expect(await manager.list('ada')).toEqual([]);
});
