import { SessionManager } from '@holdfast/session-core';
import type { Answer } from '@holdfast/service-testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { Secret, TOTP } from 'otpauth';
import { Passwords } from '../accounts/passwords.js';
import { users } from '../db/schema.js';
import { AuthServiceUnderTest, type Tokens } from '../testing/auth-service.js';

const LIMIT = 4;
let service: AuthServiceUnderTest;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 12, { THROTTLE_ACCOUNT_FAILURES: String(LIMIT) });
});
afterAll(() => service.stop());
afterEach(() => {
  jest.restoreAllMocks();
});

/** Somebody with a second factor: an authenticator app, and recovery codes. */
async function withSecondFactor() {
  const person = await service.register();
  const { access_token: first } = await service.signIn(person);
  const { body: raised } = await service.call('POST', '/auth/step-up', {
    token: first,
    body: { password: person.password },
  });
  const token = String(raised['access_token']);
  const { body: key } = await service.call('POST', '/auth/totp', { token });
  const app = new TOTP({ secret: Secret.fromBase32(String(key['secret'])) });
  const confirmed = await service.call('POST', '/auth/totp/confirm', {
    token,
    body: { code: app.generate() },
  });
  if (confirmed.status !== 200) throw new Error(`second factor: ${confirmed.status} ${confirmed.text}`);
  // The code that confirmed is used up: the next one is taken as early as the window allows.
  const nextCode = () => app.generate({ timestamp: Date.now() + 30_000 });
  return { ...person, nextCode, recoveryCodes: confirmed.body['recoveryCodes'] as string[] };
}

type Person = Awaited<ReturnType<typeof withSecondFactor>>;

const login = ({ email, password }: Pick<Person, 'email' | 'password'>, code?: string, at = 0) =>
  service.call('POST', '/auth/login', { body: { email, password, code }, at });

function expectWrong(answer: Answer) {
  expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_CREDENTIALS' } });
}

describe('signing in to an account with a second factor', () => {
  it('says that the code is missing, to who knows the password and to nobody else', async () => {
    const ada = await withSecondFactor();
    const answer = await login(ada);
    expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_STEP_UP_REQUIRED' } });
    expect(answer.body['detail']).toContain('`code`');
    const wrong = await login({ ...ada, password: 'not the password' });
    expectWrong(wrong);
    expectWrong(await login({ ...ada, password: 'not the password' }, ada.recoveryCodes[0]));
  });

  it('begins a session of level 2 with the code, which is good once on all instances', async () => {
    const ada = await withSecondFactor();
    const code = ada.nextCode();
    const answer = await login(ada, code);
    expect(answer.status).toBe(200);
    const { access_token: token } = answer.body as unknown as Tokens;
    expect((await service.call('GET', '/auth/session', { token, at: 1 })).body['acr']).toBe(2);
    for (const at of [0, 1]) expectWrong(await login(ada, code, at));
  });

  it('takes each recovery code once, also when two race with it', async () => {
    const ada = await withSecondFactor();
    const [code] = ada.recoveryCodes;
    const answers = await Promise.all([login(ada, code, 0), login(ada, code, 1)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('counts wrong codes as failures, and a missing one as nothing', async () => {
    const ada = await withSecondFactor();
    for (let n = 0; n < LIMIT; n += 1) {
      expectWrong(await login(ada, '000 000', n % 2));
      if (n < LIMIT - 1) expect((await login(ada)).status).toBe(403);
    }
    for (const code of [ada.recoveryCodes[0], undefined]) {
      expect(await login(ada, code)).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
    }
  });

  it('gives who only reads the mail no more codes to guess: a reset forgets no failure', async () => {
    const ada = await withSecondFactor();
    for (let n = 0; n < LIMIT; n += 1) expectWrong(await login(ada, '000000', n % 2));
    await service.call('POST', '/auth/password-reset', { body: { email: ada.email } });
    const token = (await service.mailsTo(ada.email)).at(-1)?.token;
    const body = { token, newPassword: 'a longer horse battery' };
    expect((await service.call('POST', '/auth/password-reset/confirm', { body })).status).toBe(200);
    for (const at of [0, 1]) {
      const answer = await login({ ...ada, password: body.newPassword }, '000001', at);
      expect(answer).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
    }
  });

  it('asks for no second code when all sessions are ended meanwhile', async () => {
    const ada = await withSecondFactor();
    const [passwords, manager] = [Passwords, SessionManager].map((type) =>
      service.instances[0]?.app.get<Passwords & SessionManager>(type, { strict: false }),
    );
    const verify = passwords?.verify.bind(passwords);
    jest.spyOn(passwords as Passwords, 'verify').mockImplementationOnce(async (hash, password) => {
      const isGenuine = await verify?.(hash, password);
      await manager?.revokeAll(ada.id, 'logout');
      return isGenuine ?? false;
    });
    const answer = await login(ada, ada.recoveryCodes[0]);
    expect(answer.status).toBe(200);
  });

  it('wants the code for a step-up as well', async () => {
    const ada = await withSecondFactor();
    const [one, two] = ada.recoveryCodes;
    const { access_token: token } = (await login(ada, one)).body as unknown as Tokens;
    const stepUp = (code?: string) =>
      service.call('POST', '/auth/step-up', { token, body: { password: ada.password, code } });
    expect(await stepUp()).toMatchObject({ status: 403, body: { code: 'ERR_STEP_UP_REQUIRED' } });
    expectWrong(await stepUp(one));
    expect((await stepUp(two)).status).toBe(200);
  });

  it('lets no device guess on at the code of a step-up, on whichever instance', async () => {
    const ada = await withSecondFactor();
    const { access_token: token } = (await login(ada, ada.recoveryCodes[0])).body as unknown as Tokens;
    const guess = (code: string, at: number) =>
      service.call('POST', '/auth/step-up', { token, body: { password: ada.password, code }, at });
    for (let n = 0; n < LIMIT; n += 1) expectWrong(await guess('000000', n % 2));
    for (const at of [0, 1]) expect((await guess(ada.recoveryCodes[1] ?? '', at)).status).toBe(429);
    expect((await login(ada, ada.recoveryCodes[1])).status).toBe(200);
  });

  it('lets nobody by when ACCOUNT_SECRET is another one, says what to do, and tells the operator', async () => {
    const ada = await withSecondFactor();
    const { access_token: token } = (await login(ada, ada.recoveryCodes[0])).body as unknown as Tokens;
    await service.database.orm.update(users).set({ totpSealed: 'v1.AAAA' }).where(eq(users.id, ada.id));
    const body = { password: ada.password, code: ada.recoveryCodes[1] };
    for (const answer of [
      await login(ada, ada.nextCode()),
      await login(ada, ada.recoveryCodes[1]),
      await service.call('POST', '/auth/step-up', { token, body }),
    ]) {
      expect(answer).toMatchObject({ status: 500, body: { code: 'ERR_INTERNAL' } });
      expect(answer.body['detail']).toMatch(/second factor .* administrator/);
    }
    expect((await login(ada)).status).toBe(403);
    const lines = service.log.filter((line) => line.includes('ACCOUNT_SECRET'));
    expect(lines.map((line): unknown => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 'error', context: 'SecondFactor', userId: ada.id }),
    );
    const { access_token: admin } = await service.administrator();
    await service.call('DELETE', `/auth/users/${ada.id}/totp`, { token: admin });
    expect((await login(ada)).status).toBe(200);
  });
});
