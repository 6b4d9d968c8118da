import { randomBytes } from 'node:crypto';
import { StoreUnavailableError } from '@holdfast/session-core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRedis } from './create-redis.js';
import { createSessions, type Sessions, type SessionsOptions } from './create-sessions.js';
import { UnfencedAccess } from './unfenced-access.js';

const url = process.env['TEST_REDIS_URL'] ?? '';
const newSecret = () => randomBytes(32).toString('base64url');
const client = { ip: '::1', userAgent: 'spec' };
const opened: Sessions[] = [];

function sessions(options: Omit<SessionsOptions, 'redis'> & Partial<SessionsOptions>) {
  const made = createSessions({ redis: url, ...options });
  opened.push(made);
  return made.manager;
}

afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

const begin = (manager: ReturnType<typeof sessions>) =>
  manager.begin({ userId: newSecret(), roles: ['user'], client });

describe('createSessions', () => {
  it('makes sessions that every process with the same secret finds, refreshes and ends', async () => {
    const secrets = newSecret();
    const [one, another] = [sessions({ secrets }), sessions({ secrets })];
    const { session, refreshToken } = await begin(one);
    const { sessionId } = session.record;
    expect(await another.resolve(sessionId)).toMatchObject({ state: 'live', record: { roles: ['user'] } });
    expect((await another.refresh(refreshToken)).outcome).toBe('refreshed');
    await another.revoke(sessionId, 'logout');
    expect(await one.resolve(sessionId)).toMatchObject({ state: 'ended', because: 'logout' });
  });

  it('begins nothing without the secret of refresh tokens', async () => {
    const secrets = { session: newSecret(), sealing: newSecret() };
    const { session } = await begin(sessions({ secrets: { ...secrets, refresh: newSecret() } }));
    const reader = sessions({ secrets });
    expect((await reader.resolve(session.record.sessionId)).state).toBe('live');
    await expect(begin(reader)).rejects.toThrow(TypeError);
  });

  it('goes on when secrets are replaced, for as long as it has the old ones', async () => {
    const [session, old, young] = [newSecret(), newSecret(), newSecret()];
    const before = sessions({ secrets: { session, sealing: old, refresh: old } });
    const { session: begun, refreshToken } = await begin(before);
    const sealing = { secret: young, previous: [old] };
    const refresh = { activeKeyId: '2', keys: { '1': old, '2': young } };
    const after = sessions({ secrets: { session, sealing, refresh } });
    expect((await after.resolve(begun.record.sessionId)).state).toBe('live');
    expect((await after.refresh(refreshToken)).outcome).toBe('refreshed');
    const without = sessions({ secrets: { session, sealing: young, refresh } });
    await expect(without.resolve(begun.record.sessionId)).rejects.toThrow(StoreUnavailableError);
  });

  it('takes settings, and another way to reach Redis', async () => {
    const read = createRedis({ url }, 'read');
    const write = createRedis({ url }, 'write');
    const redis = new UnfencedAccess({ read, write, durability: 'local' });
    const manager = sessions({ redis, secrets: newSecret(), settings: { absoluteTimeoutMs: 60_000 } });
    const { record } = (await begin(manager)).session;
    expect(record.expiresAt - record.createdAt).toBe(60_000);
  });

  it('refuses a secret that is too short, a setting out of range and no address', () => {
    const make = (options: Partial<SessionsOptions>) => () =>
      createSessions({ redis: url, secrets: newSecret(), ...options });
    expect(make({ secrets: 'short' })).toThrow(TypeError);
    expect(make({ secrets: { session: newSecret(), sealing: newSecret(), refresh: '' } })).toThrow(TypeError);
    expect(make({ settings: { tombstoneMs: 0 } })).toThrow(TypeError);
    expect(make({ settings: { idleTimeoutMs: 0 } })).toThrow(TypeError);
    expect(make({ redis: '' })).toThrow(TypeError);
  });
});
