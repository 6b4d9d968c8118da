import { randomUUID } from 'node:crypto';
import { SessionManager, StoreUnavailableError } from '@holdfast/session-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { users } from '../db/schema.js';
import { admin, AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;
let administrator: Tokens;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 11);
  administrator = await service.administrator();
});
afterAll(() => service.stop());
afterEach(() => {
  jest.restoreAllMocks();
});

const asAdmin = (method: string, path: string, body?: unknown, at = 0) =>
  service.call(method, `/auth/users/${path}`, { token: administrator.access_token, body, at });
const disable = (id: string, at = 0) => asAdmin('POST', `${id}/disable`, undefined, at);
const enable = (id: string) => asAdmin('POST', `${id}/enable`);
const setRoles = (id: string, roles: readonly string[], at = 0) =>
  asAdmin('PUT', `${id}/roles`, { roles }, at);
const session = ({ access_token: token }: Tokens, at = 1) =>
  service.call('GET', '/auth/session', { token, at });
const login = ({ email, password }: { email: string; password: string }, at = 0) =>
  service.call('POST', '/auth/login', { body: { email, password }, at });
const accountRow = async (id: string) =>
  (await service.database.orm.select().from(users).where(eq(users.id, id)))[0];
const managerOf = (n: number) => {
  const manager = service.instances[n]?.app.get(SessionManager, { strict: false });
  if (manager === undefined) throw new Error('no instance runs');
  return manager;
};

describe('POST /auth/users/:id/disable', () => {
  it('ends every session with its reason and lets nobody in; enabling lets in again', async () => {
    const ada = await service.register();
    const devices = [await service.signIn(ada), await service.signIn(ada)];
    expect(await disable(ada.id)).toMatchObject({
      status: 200,
      body: { revoked: 2, boundMs: 0, durable: true },
    });
    for (const device of devices) {
      expect(await session(device)).toMatchObject({
        status: 401,
        body: { code: 'ERR_SESSION_ENDED', endedBecause: 'account-disabled' },
      });
      expect((await service.refresh(device.refresh_token, 1)).status).toBe(400);
    }
    expect(await login(ada, 1)).toMatchObject({ status: 401, body: { code: 'ERR_CREDENTIALS' } });
    expect(await enable(ada.id)).toMatchObject({ status: 200, body: { id: ada.id, disabledAt: null } });
    expect((await login(ada)).status).toBe(200);
  });

  it('ends nothing when repeated, and the account stays disabled since the first time', async () => {
    const ada = await service.register();
    await disable(ada.id);
    const since = (await accountRow(ada.id))?.disabledAt;
    expect(await disable(ada.id, 1)).toMatchObject({ status: 200, body: { revoked: 0 } });
    expect((await accountRow(ada.id))?.disabledAt).toEqual(since);
  });

  it('a repeat finishes what a session store that was away has left', async () => {
    const ada = await service.register();
    const device = await service.signIn(ada);
    jest.spyOn(managerOf(0), 'carryOut').mockRejectedValueOnce(new StoreUnavailableError('away'));
    expect(await disable(ada.id)).toMatchObject({ status: 503, body: { code: 'ERR_STORE_UNAVAILABLE' } });
    expect((await login(ada)).status).toBe(401);
    // The ledger had it: whoever was faster, the repeat or the reconciler, has ended the session.
    expect(await disable(ada.id)).toMatchObject({ status: 200, body: { durable: true } });
    expect((await session(device)).status).toBe(401);
  });

  it('leaves no session to sign-ins that are under way', async () => {
    const ada = await service.register();
    const race = Array.from({ length: 10 }, (_, n) => login(ada, n));
    await disable(ada.id);
    const answers = await Promise.all(race);
    for (const { status, body } of answers) {
      if (status === 200) expect((await session(body as unknown as Tokens)).status).toBe(401);
      // Those that come after the disabling fail; of ten, the last are more than may.
      else expect(['ERR_CREDENTIALS', 'ERR_RATE_LIMITED']).toContain(body['code']);
    }
    expect(await managerOf(1).list(ada.id)).toEqual([]);
  });

  it('voids password resets that were mailed before', async () => {
    const ada = await service.register();
    await service.call('POST', '/auth/password-reset', { body: { email: ada.email } });
    const [mail] = await service.mailsTo(ada.email);
    await disable(ada.id);
    await enable(ada.id);
    const body = { token: mail?.token, newPassword: 'a longer horse battery' };
    expect((await service.call('POST', '/auth/password-reset/confirm', { body })).status).toBe(400);
  });
});

describe('PUT /auth/users/:id/roles', () => {
  it('takes a role away at once, in a token that has it and on every instance', async () => {
    const ada = await service.register();
    await setRoles(ada.id, ['user', 'support']);
    const device = await service.signIn(ada);
    const read = (at: number) =>
      service.call('GET', `/auth/users/${ada.id}`, { token: device.access_token, at });
    expect((await read(1)).status).toBe(200);
    expect(await setRoles(ada.id, ['user'])).toMatchObject({ status: 200, body: { roles: ['user'] } });
    for (const at of [0, 1]) {
      expect(await read(at)).toMatchObject({ status: 403, body: { code: 'ERR_FORBIDDEN' } });
    }
    expect((await session(device)).body['roles']).toEqual(['user']);
  });

  it('gives a role with the next token, not to those that are out', async () => {
    const ada = await service.register();
    const device = await service.signIn(ada);
    await setRoles(ada.id, ['user', 'support']);
    expect((await session(device)).body['roles']).toEqual(['user']);
    const refreshed = (await service.refresh(device.refresh_token, 1)).body as unknown as Tokens;
    expect(decodeJwt(refreshed.access_token)['roles']).toEqual(['user', 'support']);
    expect((await session(refreshed)).body['roles']).toEqual(['user', 'support']);
  });

  it.each([
    ['no user among them', ['support']],
    ['none', []],
    ['a guest', ['user', 'guest']],
    ['one twice', ['user', 'user']],
    ['an unknown one', ['user', 'root']],
  ])('refuses %s', async (_what, roles) => {
    const ada = await service.register();
    expect(await setRoles(ada.id, roles)).toMatchObject({ status: 400, body: { code: 'ERR_VALIDATION' } });
    expect((await accountRow(ada.id))?.roles).toEqual(['user']);
  });

  it('of many changes at once on two instances, sessions and account end with the same', async () => {
    const ada = await service.register();
    const device = await service.signIn(ada);
    const choices = [['user'], ['user', 'support'], ['user', 'admin'], ['user', 'support', 'admin']];
    for (let round = 0; round < 4; round += 1) {
      const changes = Array.from({ length: 8 }, (_, n) => setRoles(ada.id, choices[n % 4] ?? [], n));
      for (const { status } of await Promise.all(changes)) expect(status).toBe(200);
      const stored = (await accountRow(ada.id))?.roles;
      expect((await managerOf(0).list(ada.id)).map(({ record }) => record.roles)).toEqual([stored]);
    }
    expect((await session(device)).status).toBe(200);
  });

  it('a change that is overtaken on its way to the sessions comes to nothing', async () => {
    const ada = await service.register();
    await service.signIn(ada);
    const manager = managerOf(0);
    const carryOut = manager.carryOut.bind(manager);
    jest.spyOn(manager, 'carryOut').mockImplementationOnce(async (entry) => {
      // A demotion comes in between, on another instance, and is through before this one goes on.
      await setRoles(ada.id, ['user'], 1);
      return carryOut(entry);
    });
    await setRoles(ada.id, ['user', 'admin']);
    expect((await managerOf(1).list(ada.id)).map(({ record }) => record.roles)).toEqual([['user']]);
  });

  it('leaves no lost role to sign-ins that are under way', async () => {
    const ada = await service.register();
    await setRoles(ada.id, ['user', 'admin']);
    const race = Array.from({ length: 8 }, (_, n) => login(ada, n));
    await setRoles(ada.id, ['user']);
    await Promise.all(race);
    for (const { record } of await managerOf(0).list(ada.id)) expect(record.roles).toEqual(['user']);
  });

  it('a repeat finishes what a session store that was away has left', async () => {
    const ada = await service.register();
    await setRoles(ada.id, ['user', 'support']);
    const device = await service.signIn(ada);
    jest.spyOn(managerOf(0), 'carryOut').mockRejectedValueOnce(new StoreUnavailableError('away'));
    expect((await setRoles(ada.id, ['user'])).status).toBe(503);
    expect((await setRoles(ada.id, ['user'])).status).toBe(200);
    expect((await session(device)).body['roles']).toEqual(['user']);
  });
});

describe('the last administrator', () => {
  let adminId: string;
  beforeEach(async () => {
    const [row] = await service.database.orm.select().from(users).where(eq(users.email, admin.email));
    adminId = row?.id ?? '';
    for (const { id, roles } of await service.database.orm.select().from(users)) {
      if (id !== adminId && roles.includes('admin')) await setRoles(id, ['user']);
    }
  });

  it('can neither be disabled nor lose the role', async () => {
    expect(await disable(adminId)).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    expect(await setRoles(adminId, ['user'])).toMatchObject({ status: 409, body: { code: 'ERR_CONFLICT' } });
    expect((await setRoles(adminId, ['user', 'admin'])).status).toBe(200);
    expect((await session(administrator)).status).toBe(200);
  });

  it('is not replaced by one who is disabled', async () => {
    const eve = await service.register();
    await setRoles(eve.id, ['user', 'admin']);
    await disable(eve.id);
    expect((await disable(adminId)).status).toBe(409);
  });

  it('is left when several take each other’s office away at once', async () => {
    const others = await Promise.all(Array.from({ length: 3 }, () => service.register()));
    for (const { id } of others) await setRoles(id, ['user', 'admin']);
    const sessions = await Promise.all(
      others.map(async (other) => service.stepUp(await service.signIn(other), other.password)),
    );
    const ids = others.map(({ id }) => id);
    await disable(adminId).then(({ status }) => expect(status).toBe(200));
    await Promise.all(
      sessions.flatMap(({ access_token: token }, n) =>
        ids
          .filter((_, other) => other !== n)
          .map((id) => service.call('POST', `/auth/users/${id}/disable`, { token, at: n })),
      ),
    );
    const rows = await service.database.orm.select().from(users);
    const left = rows.filter(({ roles, disabledAt }) => roles.includes('admin') && disabledAt === null);
    expect(left.length).toBeGreaterThanOrEqual(1);
    await service.database.orm.update(users).set({ disabledAt: null }).where(eq(users.id, adminId));
    administrator = await service.administrator();
  });
});

describe('GET /auth/users/:id', () => {
  it('shows the account without anything secret', async () => {
    const ada = await service.register();
    const { status, body } = await asAdmin('GET', ada.id.toUpperCase());
    expect(status).toBe(200);
    expect(body).toEqual({
      id: ada.id,
      email: ada.email,
      roles: ['user'],
      createdAt: expect.stringMatching(/Z$/),
      disabledAt: null,
      secondFactor: false,
    });
  });
});

describe('an unknown account', () => {
  it.each([
    ['GET', ''],
    ['POST', '/disable'],
    ['POST', '/enable'],
    ['PUT', '/roles'],
    ['DELETE', '/totp'],
  ])('is not found by %s %s', async (method, path) => {
    const body = method === 'PUT' ? { roles: ['user'] } : undefined;
    expect(await asAdmin(method, `${randomUUID()}${path}`, body)).toMatchObject({
      status: 404,
      body: { code: 'ERR_NOT_FOUND' },
    });
    expect((await asAdmin(method, `nobody${path}`, body)).status).toBe(400);
  });
});

describe('POST /internal/accounts/lookup', () => {
  const lookup = (ids: unknown, token: string) =>
    service.call('POST', '/internal/accounts/lookup', { token, body: { ids } });

  it('tells the user service whose roles are which, and leaves unknown ids out', async () => {
    const [ada, bob] = [await service.register(), await service.register()];
    await setRoles(bob.id, ['user', 'support']);
    const token = await service.serviceToken('user');
    const { status, body } = await lookup([ada.id, bob.id, randomUUID(), ada.id], token);
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['accounts']);
    expect(body['accounts']).toHaveLength(2);
    expect(body['accounts']).toEqual(
      expect.arrayContaining([
        { id: ada.id, roles: ['user'] },
        { id: bob.id, roles: ['user', 'support'] },
      ]),
    );
  });

  it('is for the user service alone: not for another one, not for an administrator', async () => {
    for (const token of [
      await service.serviceToken('order'),
      await service.serviceToken('gateway'),
      administrator.access_token,
    ]) {
      expect((await lookup([randomUUID()], token)).status).toBe(403);
    }
  });

  it.each([[[]], [Array.from({ length: 101 }, () => randomUUID())], [['nobody']], ['x']])(
    'refuses ids that are not 1 to 100 of ours (%#)',
    async (ids) => {
      expect((await lookup(ids, await service.serviceToken('user'))).status).toBe(400);
    },
  );
});
