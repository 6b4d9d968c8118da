import { randomUUID } from 'node:crypto';
import type { SignedIn } from '@holdfast/service-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AuthStandIn } from '../testing/auth-stand-in.js';
import { signIn, startUserFleetWithAuth, type UserFleet } from '../testing/user-fleet.js';

let fleet: UserFleet;
let auth: AuthStandIn;
let stop: () => Promise<void>;
let admin: SignedIn;

beforeAll(async () => {
  ({ fleet, auth, stop } = await startUserFleetWithAuth(2, process.env, 6));
  admin = await signIn(fleet, { roles: ['user', 'admin'] });
});
afterAll(() => stop());
afterEach(async () => {
  auth.failure = undefined;
  auth.lookups.length = 0;
  await fleet.database.query('DELETE FROM profiles');
});

/** Makes a profile, as auth would, and the account to it. */
async function register(name: string, roles = ['user'], there = { fleet, auth }): Promise<string> {
  const id = randomUUID();
  const body = { email: `${name.toLowerCase().replaceAll(' ', '.')}@example.test`, displayName: name };
  const token = await there.fleet.issuer.serviceToken('auth');
  expect((await there.fleet.call('PUT', `/internal/profiles/${id}`, { token, body })).status).toBe(200);
  there.auth.roles.set(id, roles);
  return id;
}

const list = (query = '', at = 0) => admin.call('GET', `/users${query}`, { at });
const namesIn = ({ body }: { body: Record<string, unknown> }) =>
  (body['users'] as { displayName: string }[]).map(({ displayName }) => displayName);

describe('GET /users', () => {
  it('lists everybody, newest first, with the roles of the accounts, by one look-up', async () => {
    const ada = await register('Ada');
    const eve = await register('Eve', ['user', 'support']);
    const { status, body } = await list();
    const shared = { createdAt: expect.stringMatching(/Z$/), version: 1 };
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        users: [
          { id: eve, email: 'eve@example.test', displayName: 'Eve', roles: ['user', 'support'], ...shared },
          { id: ada, email: 'ada@example.test', displayName: 'Ada', roles: ['user'], ...shared },
        ],
        nextCursor: null,
      },
    });
    expect(auth.lookups).toEqual([{ ids: [eve, ada] }]);
  });

  it('is empty without a look-up where there is nobody', async () => {
    expect((await list()).body).toEqual({ users: [], nextCursor: null });
    expect(auth.lookups).toEqual([]);
  });

  it('turns pages across instances; who comes meanwhile shifts nothing', async () => {
    const names = Array.from({ length: 7 }, (_, n) => `User ${n}`);
    for (const name of names) await register(name);
    const seen: string[] = [];
    let cursor: unknown = '';
    for (let page = 0; cursor !== null && page < 9; page += 1) {
      const answer = await list(`?limit=3${cursor === '' ? '' : `&cursor=${String(cursor)}`}`, page);
      seen.push(...namesIn(answer));
      cursor = answer.body['nextCursor'];
      await register(`Newcomer ${page}`);
    }
    expect(seen).toEqual(names.reverse());
  });

  it('keeps the order of profiles that were made in the same microsecond', async () => {
    for (let n = 0; n < 5; n += 1) await register(`Twin ${n}`);
    await fleet.database.query("UPDATE profiles SET created_at = '2026-01-01'");
    const seen: string[] = [];
    for (let cursor: unknown = ''; cursor !== null;) {
      const answer = await list(`?limit=2${cursor === '' ? '' : `&cursor=${String(cursor)}`}`);
      seen.push(...namesIn(answer));
      cursor = answer.body['nextCursor'];
    }
    expect(seen.sort()).toEqual(['Twin 0', 'Twin 1', 'Twin 2', 'Twin 3', 'Twin 4']);
  });

  it('takes a full page of 100', async () => {
    await fleet.database.query(
      "INSERT INTO profiles (id, email, display_name) SELECT gen_random_uuid(), 'x@example.test', n::text FROM generate_series(1, 101) n",
    );
    const { body } = await list('?limit=100');
    expect(body['users']).toHaveLength(100);
    expect(body['nextCursor']).toEqual(expect.any(String));
  });

  it.each(['?limit=0', '?limit=101', '?limit=x', '?cursor=%00', `?cursor=${'A'.repeat(22)}`, '?sort=email'])(
    'refuses %s',
    async (query) => {
      expect(await list(query)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    },
  );
});

describe('GET /users/:id', () => {
  it('shows oneself as GET /users/me does, without asking anybody', async () => {
    const id = await register('Ada');
    const ada = await signIn(fleet, { userId: id, roles: ['user', 'support'] });
    const me = await ada.call('GET', '/users/me');
    expect(await ada.call('GET', `/users/${id}`, { at: 1 })).toMatchObject({ status: 200, body: me.body });
    expect((await ada.call('GET', `/users/${id.toUpperCase()}`)).body).toEqual(me.body);
    expect(auth.lookups).toEqual([]);
  });

  it('shows anybody to an administrator, with the roles of the account, however the id is spelt', async () => {
    const id = await register('Ada', ['user', 'support']);
    for (const spelt of [id, id.toUpperCase()]) {
      expect(await admin.call('GET', `/users/${spelt}`)).toMatchObject({
        status: 200,
        body: { id, displayName: 'Ada', roles: ['user', 'support'] },
      });
    }
  });

  it.each([['user'], ['user', 'support']])(
    'answers %p alike for somebody else and for nobody',
    async (...roles) => {
      const visitor = await signIn(fleet, { roles });
      const [somebody, nobody] = await Promise.all(
        [await register('Ada'), randomUUID()].map((id) => visitor.call('GET', `/users/${id}`)),
      );
      expect(somebody).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
      const { requestId: _a, ...first } = somebody?.body ?? {};
      const { requestId: _b, ...second } = nobody?.body ?? {};
      expect(first).toEqual(second);
    },
  );

  it('finds nobody for an administrator either where there is nobody', async () => {
    expect((await admin.call('GET', `/users/${randomUUID()}`)).status).toBe(404);
    expect((await admin.call('GET', '/users/1')).status).toBe(400);
  });

  it('shows nobody any more to an administrator who is none any more', async () => {
    const id = await register('Ada');
    const former = await signIn(fleet, { roles: ['user', 'admin'] });
    expect((await former.call('GET', `/users/${id}`)).status).toBe(200);
    await former.sessions.changeRoles(former.userId, { roles: ['user'], authzVersion: 1 });
    expect((await former.call('GET', `/users/${id}`, { at: 1 })).status).toBe(404);
    expect((await former.call('GET', '/users')).status).toBe(403);
  });
});

describe('while auth does not say who has which roles', () => {
  it.each([
    ['it refuses', { status: 403, body: '{}' }],
    ['it fails', { status: 500, body: '{}' }],
    ['it answers nonsense', { status: 200, body: '{"accounts":[{"id":"1"}]}' }],
    ['it answers no JSON', { status: 200, body: '<html>' }],
    ['it does not answer', 'hang' as const],
  ])('answers 503, nothing by halves: %s', async (_what, failure) => {
    const id = await register('Ada');
    auth.failure = failure;
    for (const answer of await Promise.all([list(), admin.call('GET', `/users/${id}`)])) {
      expect(answer).toMatchObject({ status: 503, body: { code: 'ERR_UPSTREAM_UNAVAILABLE' } });
      expect(answer.headers.get('retry-after')).toBe('1');
      expect(answer.text).not.toContain('example.test');
    }
  });

  it('still shows everybody their own profile', async () => {
    auth.failure = { status: 500, body: '{}' };
    const id = await register('Ada');
    const ada = await signIn(fleet, { userId: id });
    for (const path of ['/users/me', `/users/${id}`]) {
      expect((await ada.call('GET', path)).status).toBe(200);
    }
  });

  it('answers again as soon as auth does, with a new token if the old one is not taken', async () => {
    // Of its own: a token is replaced at most once in 10 s, and another test may have had one refused.
    const own = await startUserFleetWithAuth(1, process.env, 3);
    try {
      await register('Ada', ['user'], own);
      const reader = await signIn(own.fleet, { roles: ['user', 'admin'] });
      expect((await reader.call('GET', '/users')).status).toBe(200);
      own.auth.issue(await own.fleet.issuer.serviceToken('user'));
      expect((await reader.call('GET', '/users')).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});
