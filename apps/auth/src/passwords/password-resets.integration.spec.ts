import { createHash, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SessionManager, StoreUnavailableError } from '@holdfast/session-core';
import { eq, sql } from 'drizzle-orm';
import { passwordResets, users } from '../db/schema.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

const pageUrl = 'https://shop.example/reset';
let service: AuthServiceUnderTest;

beforeAll(async () => {
  // Some try old passwords on purpose.
  const extra = { PASSWORD_RESET_URL: pageUrl, THROTTLE_ACCOUNT_FAILURES: '50' };
  service = await AuthServiceUnderTest.start(process.env, 14, extra);
});
afterAll(() => service.stop());
afterEach(() => {
  jest.restoreAllMocks();
});

const ask = (email: unknown, at = 0) => service.call('POST', '/auth/password-reset', { body: { email }, at });
const confirm = (token: unknown, newPassword: unknown = 'a longer horse battery', at = 0) =>
  service.call('POST', '/auth/password-reset/confirm', { body: { token, newPassword }, at });
const session = ({ access_token: token }: Tokens) => service.call('GET', '/auth/session', { token, at: 1 });
const login = (email: string, password: string) =>
  service.call('POST', '/auth/login', { body: { email, password } });
const badToken = { status: 400, body: { code: 'ERR_VALIDATION', errors: [{ path: 'token' }] } };

/** Somebody with a device, and the token of the mail that they asked for. */
async function forgetful() {
  const ada = await service.register();
  const tokens = await service.signIn(ada);
  await ask(ada.email);
  return { ...ada, tokens, token: await tokenFor(ada.email) };
}

async function tokenFor(email: string): Promise<string> {
  return (await service.mailsTo(email)).at(-1)?.token ?? '';
}

describe('POST /auth/password-reset', () => {
  it('answers 202 and mails a link whose token no server sees, of which only the hash is kept', async () => {
    const ada = await service.register();
    const answer = await ask(ada.email.toUpperCase());
    expect(answer).toMatchObject({ status: 202, text: '' });
    const [mail] = await service.mailsTo(ada.email);
    expect(mail).toEqual({
      to: ada.email,
      subject: 'Reset your password',
      text: expect.stringContaining(`${pageUrl}#${mail?.token ?? '?'}`),
      token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      expiresAt: expect.any(String),
      at: expect.any(String),
    });
    const rows = await service.database.orm
      .select()
      .from(passwordResets)
      .where(eq(passwordResets.userId, ada.id));
    const tokenHash = createHash('sha256')
      .update(mail?.token ?? '')
      .digest('base64url');
    expect(rows).toMatchObject([{ tokenHash }]);
    expect(rows[0]?.expiresAt.toISOString()).toBe(mail?.expiresAt);
    expect(Number(rows[0]?.expiresAt) - Number(rows[0]?.createdAt)).toBe(1_800_000);
  });

  it('answers the same for an address without an account and for a disabled one, and mails nothing', async () => {
    const ada = await service.register();
    await service.database.orm.update(users).set({ disabledAt: new Date() }).where(eq(users.id, ada.id));
    const stranger = `${randomUUID()}@example.test`;
    for (const email of [stranger, ada.email]) {
      const { status, text, headers } = await ask(email);
      expect({ status, text, type: headers.get('content-type') }).toEqual({
        status: 202,
        text: '',
        type: null,
      });
      expect(await service.mailsTo(email)).toEqual([]);
    }
  });

  it('has answered before it looks for the account: its time cannot tell', async () => {
    const ada = await service.register();
    await service.database.transaction(async (transaction) => {
      // Whoever wants to mail this account now has to wait, the answer does not.
      await transaction.select().from(users).where(eq(users.id, ada.id)).for('update');
      expect((await ask(ada.email)).status).toBe(202);
    });
    expect(await service.mailsTo(ada.email)).toHaveLength(1);
  });

  it('mails an account three times at most while the tokens are good, however many ask at once', async () => {
    const ada = await service.register();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(ada.email, n)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await service.mailsTo(ada.email)).toHaveLength(3);
  });

  it.each([[undefined], [7], ['nobody'], [{}]])('refuses %j as an address', async (email) => {
    expect(await ask(email)).toMatchObject({ status: 400, body: { errors: [{ path: 'email' }] } });
  });
});

describe('POST /auth/password-reset/confirm', () => {
  it('sets the password and ends every session; a mail says so', async () => {
    const ada = await forgetful();
    expect(await confirm(ada.token)).toMatchObject({
      status: 200,
      body: { revoked: 1, boundMs: 0, durable: true },
    });
    expect(await session(ada.tokens)).toMatchObject({
      status: 401,
      body: { code: 'ERR_SESSION_ENDED', endedBecause: 'password-changed' },
    });
    expect((await login(ada.email, ada.password)).status).toBe(401);
    expect((await login(ada.email, 'a longer horse battery')).status).toBe(200);
    const subjects = (await service.mailsTo(ada.email)).map(({ subject }) => subject);
    expect(subjects).toEqual(['Reset your password', 'Your password was changed']);
  });

  it('takes a token once, and voids the others of the account', async () => {
    const ada = await forgetful();
    await ask(ada.email);
    const second = await tokenFor(ada.email);
    expect(second).not.toBe(ada.token);
    expect((await confirm(second)).status).toBe(200);
    expect(await confirm(second)).toMatchObject(badToken);
    expect(await confirm(ada.token)).toMatchObject(badToken);
  });

  it('answers one of many parallel confirms on two instances, and its password is the one', async () => {
    const ada = await forgetful();
    const passwords = Array.from({ length: 8 }, (_, n) => `a longer horse battery, number ${n}`);
    const answers = await Promise.all(passwords.map((password, n) => confirm(ada.token, password, n)));
    const good = passwords.filter((_, n) => answers[n]?.status === 200);
    expect(good).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(7);
    const opens = await Promise.all(passwords.map((password) => login(ada.email, password)));
    expect(passwords.filter((_, n) => opens[n]?.status === 200)).toEqual(good);
  });

  it('leaves the token good when the new password is refused', async () => {
    const ada = await forgetful();
    for (const weak of ['Password1234', `me: ${ada.email}`, 'short']) {
      expect(await confirm(ada.token, weak)).toMatchObject({
        status: 400,
        body: { code: 'ERR_VALIDATION', errors: [{ path: 'newPassword' }] },
      });
    }
    expect((await session(ada.tokens)).status).toBe(200);
    expect((await confirm(ada.token)).status).toBe(200);
  });

  it('leaves the token good while the session store is away: a repeat finishes it', async () => {
    const ada = await forgetful();
    const manager = service.instances[0]?.app.get(SessionManager, { strict: false });
    if (manager === undefined) throw new Error('no instance runs');
    jest.spyOn(manager, 'carryOut').mockRejectedValueOnce(new StoreUnavailableError('away'));
    expect(await confirm(ada.token)).toMatchObject({ status: 503, body: { code: 'ERR_STORE_UNAVAILABLE' } });
    expect((await login(ada.email, ada.password)).status).toBe(401);
    expect(await confirm(ada.token)).toMatchObject({ status: 200, body: { revoked: 1 } });
    expect((await session(ada.tokens)).status).toBe(401);
  });

  it('refuses a token that expired, by the database’s clock', async () => {
    const ada = await forgetful();
    const expiresAt = sql`now() - interval '1 millisecond'`;
    await service.database.orm
      .update(passwordResets)
      .set({ expiresAt })
      .where(eq(passwordResets.userId, ada.id));
    expect(await confirm(ada.token)).toMatchObject(badToken);
    expect((await login(ada.email, ada.password)).status).toBe(200);
  });

  it('refuses the token of an account that was disabled meanwhile', async () => {
    const ada = await forgetful();
    await service.database.orm.update(users).set({ disabledAt: new Date() }).where(eq(users.id, ada.id));
    expect(await confirm(ada.token)).toMatchObject(badToken);
  });

  it('a change of the password voids what was mailed before', async () => {
    const ada = await forgetful();
    const tokens = await service.stepUp(ada.tokens, ada.password);
    const { access_token: token } = tokens;
    const body = { newPassword: 'another horse battery' };
    expect((await service.call('POST', '/auth/password', { token, body })).status).toBe(200);
    expect(await confirm(ada.token)).toMatchObject(badToken);
  });

  it.each([
    ['a token of ours that never was', 'A'.repeat(43)],
    ['the hash of none', createHash('sha256').update('').digest('base64url')],
    ['nonsense', '\u0000; DROP TABLE users'],
    ['256 characters', 'x'.repeat(256)],
  ])('refuses %s', async (_what, token) => {
    expect(await confirm(token)).toMatchObject(badToken);
  });

  it.each([[undefined], [''], [7], ['x'.repeat(257)]])('refuses %j by its form', async (token) => {
    expect(await confirm(token)).toMatchObject({ status: 400, body: { errors: [{ path: 'token' }] } });
  });
});

describe('a drain', () => {
  it('waits for the mails that were promised', async () => {
    const leaving = await AuthServiceUnderTest.start(process.env, 15);
    const ada = await leaving.register();
    let drained: Promise<unknown> = Promise.resolve();
    await leaving.database.transaction(async (transaction) => {
      await transaction.select().from(users).where(eq(users.id, ada.id)).for('update');
      await leaving.call('POST', '/auth/password-reset', { body: { email: ada.email } });
      drained = Promise.all(leaving.instances.map((instance) => instance.drain()));
    });
    await drained;
    expect(await leaving.mailsTo(ada.email)).toHaveLength(1);
    await leaving.stop();
  });
});
