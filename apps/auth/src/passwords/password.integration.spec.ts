import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SessionManager, StoreUnavailableError } from '@holdfast/session-core';
import { eq } from 'drizzle-orm';
import { users } from '../db/schema.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 13);
});
afterAll(() => service.stop());
afterEach(() => {
  jest.restoreAllMocks();
});

const change = ({ access_token: token }: Tokens, newPassword: unknown, at = 0) =>
  service.call('POST', '/auth/password', { token, body: { newPassword }, at });
const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token, at: 1 });
const login = (email: string, password: string) =>
  service.call('POST', '/auth/login', { body: { email, password } });

/** Somebody with two devices, the first of them stepped up. */
async function somebody() {
  const ada = await service.register();
  const other = await service.signIn(ada);
  const tokens = await service.stepUp(await service.signIn(ada), ada.password);
  return { ...ada, tokens, other };
}

describe('POST /auth/password', () => {
  it('sets the password: the old one opens nothing, all other sessions end, this one goes on', async () => {
    const ada = await somebody();
    const answer = await change(ada.tokens, 'a longer horse battery');
    expect(answer).toMatchObject({ status: 200, body: { revoked: 1, boundMs: 0, durable: true } });
    expect((await session(ada.tokens)).status).toBe(200);
    expect(await session(ada.other)).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'password-changed' },
    });
    expect((await login(ada.email, ada.password)).status).toBe(401);
    expect((await login(ada.email, 'a longer horse battery')).status).toBe(200);
  });

  it('tells its owner by mail, without a secret', async () => {
    const ada = await somebody();
    await change(ada.tokens, 'a longer horse battery');
    const mails = await service.mailsTo(ada.email);
    expect(mails).toMatchObject([{ subject: 'Your password was changed' }]);
    expect(JSON.stringify(mails)).not.toContain('horse');
  });

  it('wants a step-up: signing in does not count', async () => {
    const ada = await service.register();
    const answer = await change(await service.signIn(ada), 'a longer horse battery');
    expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_STEP_UP_REQUIRED' } });
    expect((await login(ada.email, ada.password)).status).toBe(200);
  });

  it.each([
    ['one of the most common', 'Password1234', /common/],
    ['a walk on the keyboard', 'qwertyuiop12', /predictable/],
    ['too short', 'x', /At least 12/],
  ])('refuses %s, and says so at the member', async (_what, newPassword, message) => {
    const ada = await somebody();
    expect(await change(ada.tokens, newPassword)).toMatchObject({
      status: 400,
      body: {
        code: 'ERR_VALIDATION',
        errors: [{ path: 'newPassword', message: expect.stringMatching(message) }],
      },
    });
    expect((await session(ada.other)).status).toBe(200);
  });

  it('refuses one with the own e-mail in it', async () => {
    const ada = await somebody();
    expect(await change(ada.tokens, `It is ${ada.email.toUpperCase()}!`)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'newPassword', message: expect.stringMatching(/e-mail/) }] },
    });
  });

  it('a repeat finishes what a session store that was away has left', async () => {
    const ada = await somebody();
    const manager = service.instances[0]?.app.get(SessionManager, { strict: false });
    if (manager === undefined) throw new Error('no instance runs');
    jest.spyOn(manager, 'carryOut').mockRejectedValueOnce(new StoreUnavailableError('away'));
    expect(await change(ada.tokens, 'a longer horse battery')).toMatchObject({
      status: 503,
      body: { code: 'ERR_STORE_UNAVAILABLE' },
    });
    expect(await change(ada.tokens, 'a longer horse battery')).toMatchObject({ body: { revoked: 1 } });
    expect((await session(ada.other)).status).toBe(401);
  });

  it('lets no sign-in with the old password through that was under way', async () => {
    const ada = await somebody();
    const race = Array.from({ length: 8 }, () => login(ada.email, ada.password));
    await change(ada.tokens, 'a longer horse battery');
    const tokens = (await Promise.all(race)).filter(({ status }) => status === 200).map(({ body }) => body);
    for (const begun of tokens) expect((await session(begun as unknown as Tokens)).status).toBe(401);
    const { body } = await service.call('GET', '/auth/sessions', { token: ada.tokens.access_token });
    expect(body['sessions']).toHaveLength(1);
  });

  it('brings a hash of former parameters up to today’s at the next sign-in, and no session ends', async () => {
    const ada = await service.register();
    const { hash } = await import('@node-rs/argon2');
    const former = await hash(ada.password, { memoryCost: 8_192, timeCost: 1, parallelism: 1 });
    const before = await service.signIn(ada);
    await service.database.orm.update(users).set({ passwordHash: former }).where(eq(users.id, ada.id));
    await service.signIn(ada);
    const [account] = await service.database.orm.select().from(users).where(eq(users.id, ada.id));
    expect(account?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect((await session(before)).status).toBe(200);
    expect((await login(ada.email, ada.password)).status).toBe(200);
  });
});
