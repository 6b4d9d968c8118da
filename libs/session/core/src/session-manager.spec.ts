import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { SessionEndedError } from './errors.js';
import { MemorySessionStore } from './memory-session-store.js';
import { RefreshTokens } from './refresh-tokens.js';
import { SessionIds } from './session-ids.js';
import { SessionKeys } from './session-keys.js';
import { SessionManager } from './session-manager.js';
import { DEFAULT_SESSION_SETTINGS } from './session-settings.js';

const secret = () => randomBytes(32).toString('base64url');
const ids = new SessionIds(SessionKeys.fromSecret(secret()));
const [k1, k2] = [secret(), secret()];
const settings = { ...DEFAULT_SESSION_SETTINGS, sessionsPerUser: 3 };
const input = { userId: 'ada', roles: ['user'], client: { ip: '203.0.113.7', userAgent: 'spec' } };

let now: number;
let store: MemorySessionStore;
let manager: SessionManager;

function managerWith(activeKeyId: 'k1' | 'k2', keys: Record<string, string> = { k1, k2 }): SessionManager {
  return new SessionManager({
    store,
    ids,
    refreshTokens: new RefreshTokens({ activeKeyId, keys }, ids),
    settings,
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
    await expect(reader.refresh('x')).rejects.toBeInstanceOf(TypeError);
  });
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
    expect(await manager.revoke(session.record.sessionId, 'logout')).toBe(1);
    expect(await manager.revoke(session.record.sessionId, 'logout')).toBe(0);
    expect(await manager.revokeAll('ada', 'logout')).toBe(2);
    expect(await manager.revokeAll('ada', 'logout')).toBe(0);
  });

  it('keeps the session that it is asked to keep', async () => {
    const { session } = await manager.begin(input);
    await manager.begin(input);
    expect(await manager.revokeAll('ada', 'revoked', session.record.sessionId)).toBe(1);
    expect(await manager.touch(session.record.sessionId)).toBe(true);
  });
});

describe('settings', () => {
  it.each([
    { idleTimeoutMs: 0 },
    { absoluteTimeoutMs: -1 },
    { tombstoneMs: 1.5 },
    { sessionsPerUser: 0 },
    { refreshWindowMs: NaN },
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
