import { randomUUID } from 'node:crypto';
import type { SignedIn } from '@holdfast/service-testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signIn, startUserFleet, type UserFleet } from '../testing/user-fleet.js';

const seed = { email: 'ada@example.test', displayName: 'Ada' };

let fleet: UserFleet;
let auth: string;
let ada: SignedIn;

beforeAll(async () => {
  fleet = await startUserFleet(2, process.env);
  auth = await fleet.issuer.serviceToken('auth');
});
afterAll(() => fleet.stop());
beforeEach(async () => {
  ada = await signIn(fleet);
  expect((await ensure(ada.userId)).status).toBe(200);
});

function ensure(id: string, body: unknown = seed, token = auth, at = 0) {
  const headers = { authorization: `Bearer ${token}` };
  return fleet.call('PUT', `/internal/profiles/${id}`, { body, headers, at });
}

const rename = (displayName: unknown, version: unknown, at = 0) =>
  ada.call('PATCH', '/users/me', { body: { displayName, version }, at });

describe('a profile', () => {
  it('is shown to its user, with the roles of the session, on every instance', async () => {
    for (const at of [0, 1]) {
      const { status, body } = await ada.call('GET', '/users/me', { at });
      expect({ status, body }).toEqual({
        status: 200,
        body: {
          id: ada.userId,
          ...seed,
          roles: ['user'],
          createdAt: expect.stringMatching(/Z$/),
          version: 1,
        },
      });
    }
    const admin = await signIn(fleet, { roles: ['user', 'admin'], userId: ada.userId });
    expect((await admin.call('GET', '/users/me')).body).toMatchObject({ roles: ['user', 'admin'] });
  });

  it('is not found before auth has made it', async () => {
    const early = await signIn(fleet);
    expect(await early.call('GET', '/users/me')).toMatchObject({
      status: 404,
      body: { code: 'ERR_NOT_FOUND' },
    });
    const change = { displayName: 'Eve', version: 1 };
    expect((await early.call('PATCH', '/users/me', { body: change })).status).toBe(404);
  });

  it('needs a live session', async () => {
    expect((await fleet.call('GET', '/users/me')).status).toBe(401);
    await ada.sessions.revoke(ada.sessionId, 'logout');
    expect(await ada.call('GET', '/users/me', { at: 1 })).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'logout' },
    });
  });
});

describe('a change of name', () => {
  it('wins with the current version and is refused with a stale one', async () => {
    expect((await rename('  Ada Lovelace ', 1)).body).toMatchObject({
      displayName: 'Ada Lovelace',
      version: 2,
    });
    expect(await rename('Countess', 1, 1)).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    expect((await ada.call('GET', '/users/me')).body).toMatchObject({
      displayName: 'Ada Lovelace',
      version: 2,
    });
  });

  it.each([2, 2 ** 31 - 1, 2 ** 53 - 1])(
    'is refused with the version %p, which never was',
    async (version) => {
      expect(await rename('Ada', version)).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    },
  );

  it('wins once of 20 in parallel on two instances', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => rename(`Ada ${at}`, 1, at)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    expect((await ada.call('GET', '/users/me')).body).toMatchObject({ version: 2 });
  });

  it.each([
    ['', 1],
    ['   ', 1],
    ['x'.repeat(101), 1],
    [7, 1],
    ['a\u0000b', 1],
    ['Ada', '1'],
    ['Ada', 0],
    ['Ada', 2 ** 53],
    ['Ada', undefined],
  ])('refuses the name %p with the version %p', async (displayName, version) => {
    expect(await rename(displayName, version)).toMatchObject({
      status: 400,
      body: { code: 'ERR_VALIDATION' },
    });
  });

  it('changes nothing else: unknown members are refused', async () => {
    const body = { displayName: 'Ada', version: 1, roles: ['admin'] };
    expect((await ada.call('PATCH', '/users/me', { body })).status).toBe(400);
    expect((await ada.call('GET', '/users/me')).body).toMatchObject({ roles: ['user'], version: 1 });
  });

  it('takes every character that a name may have', async () => {
    const displayName = `Ægir “the O'Brien” 李 👩🏽‍🚀`;
    expect((await rename(displayName, 1)).body).toMatchObject({ displayName });
  });
});

describe('the internal call by which auth makes a profile', () => {
  it('makes one, and changes nothing when it is repeated, at once or after a change', async () => {
    const id = randomUUID();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => ensure(id, seed, auth, at)));
    for (const { status, body } of answers)
      expect({ status, body }).toEqual({ status: 200, body: { id, version: 1 } });
    await rename('Countess', 1);
    expect((await ensure(ada.userId)).body).toEqual({ id: ada.userId, version: 2 });
    expect((await ada.call('GET', '/users/me')).body).toMatchObject({ displayName: 'Countess', version: 2 });
  });

  it('follows the e-mail of the account', async () => {
    await ensure(ada.userId, { email: 'countess@example.test', displayName: 'Ada' });
    expect((await ada.call('GET', '/users/me')).body).toMatchObject({
      email: 'countess@example.test',
      version: 2,
    });
  });

  it('is for auth only: no user, no other service, nobody', async () => {
    const id = randomUUID();
    const admin = await signIn(fleet, { roles: ['user', 'admin'] });
    expect((await admin.call('PUT', `/internal/profiles/${id}`, { body: seed })).status).toBe(403);
    expect((await ensure(id, seed, await fleet.issuer.serviceToken('order'))).status).toBe(403);
    expect((await fleet.call('PUT', `/internal/profiles/${id}`, { body: seed })).status).toBe(401);
    expect(
      (await fleet.call('GET', '/users/me', { headers: { authorization: `Bearer ${auth}` } })).status,
    ).toBe(403);
  });

  it('refuses what is no profile', async () => {
    expect((await ensure('1')).status).toBe(400);
    for (const body of [{}, { ...seed, email: 'x' }, { ...seed, displayName: '' }, { ...seed, version: 7 }]) {
      expect(await ensure(randomUUID(), body)).toMatchObject({
        status: 400,
        body: { code: 'ERR_VALIDATION' },
      });
    }
  });
});
