import { randomUUID } from 'node:crypto';
import type { Answer } from '@holdfast/service-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthServiceUnderTest } from '../testing/auth-service.js';

const LIMIT = 3;
let service: AuthServiceUnderTest;
let lastAddress = 0;

beforeAll(async () => {
  service = await AuthServiceUnderTest.start(process.env, 12, {
    THROTTLE_ACCOUNT_FAILURES: String(LIMIT),
    THROTTLE_ADDRESS_FAILURES: '10',
  });
});
afterAll(() => service.stop());

/** An address that nobody has come from. */
const newAddress = () => `203.0.113.${(lastAddress += 1)}`;

interface Attempt {
  readonly email: string;
  readonly password?: string;
  readonly from: string;
  readonly token?: string;
}

const login = ({ email, password = 'not the password', from, token }: Attempt, at = 0) =>
  service.call('POST', '/auth/login', {
    body: { email, password },
    headers: { 'x-forwarded-for': from },
    token,
    at,
  });

/** So many failures, each from an address of its own. */
async function failures(email: string, count: number): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let n = 0; n < count; n += 1) answers.push(await login({ email, from: newAddress() }, n % 2));
  return answers;
}

function expectRefused(answer: Answer) {
  expect(answer).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
}

describe('failed sign-ins', () => {
  it('close the account for guesses, on all instances, also for the password itself', async () => {
    const { email, password } = await service.register();
    for (const { status } of await failures(email, LIMIT)) expect(status).toBe(401);
    for (const at of [0, 1]) expectRefused(await login({ email, password, from: newAddress() }, at));
  });

  it('count alike for an account that is not there', async () => {
    const email = `nobody-${randomUUID()}@example.test`;
    for (const { status } of await failures(email, LIMIT)) expect(status).toBe(401);
    expectRefused(await login({ email: email.toUpperCase(), from: newAddress() }));
  });

  it('close an address that tries many accounts, and no other one', async () => {
    const from = newAddress();
    for (let n = 0; n < 10; n += 1) await login({ email: `${randomUUID()}@example.test`, from });
    const { email, password } = await service.register();
    expectRefused(await login({ email, password, from }));
    expect((await login({ email, password, from: newAddress() })).status).toBe(200);
  });

  it('are forgotten by a success', async () => {
    const { email, password } = await service.register();
    await failures(email, LIMIT - 1);
    expect((await login({ email, password, from: newAddress() })).status).toBe(200);
    for (const { status } of await failures(email, LIMIT - 1)) expect(status).toBe(401);
  });

  it('of strangers lock nobody out of a device that is signed in: it goes on, steps up and signs in anew', async () => {
    const { email, password } = await service.register();
    const from = newAddress();
    const { access_token: token } = await service.signIn({ email, password }, { 'x-forwarded-for': from });
    await failures(email, LIMIT);
    // Somebody at the same address is at it as well.
    for (let n = 0; n < 10; n += 1) await login({ email: `${randomUUID()}@example.test`, from });
    expectRefused(await login({ email, password, from: newAddress() }));
    const headers = { 'x-forwarded-for': from };
    expect((await service.call('GET', '/auth/session', { token, headers })).status).toBe(200);
    const stepUp = await service.call('POST', '/auth/step-up', { token, headers, body: { password } });
    expect(stepUp.status).toBe(200);
    const raised = String(stepUp.body['access_token']);
    expect((await login({ email, password, from, token: raised })).status).toBe(200);
  });

  it('of a device that is signed in are counted by it: neither it guesses on, nor does it lock out others', async () => {
    const { email, password } = await service.register();
    const { access_token: token } = await service.signIn({ email, password });
    const stepUp = (shown: string) =>
      service.call('POST', '/auth/step-up', { token, body: { password: shown } });
    for (let n = 0; n < LIMIT; n += 1) expect((await stepUp('not the password')).status).toBe(401);
    expectRefused(await stepUp(password));
    expectRefused(await login({ email, password, from: newAddress(), token }));
    expect((await login({ email, password, from: newAddress() })).status).toBe(200);
  });

  it('are forgotten when the owner resets the password by mail', async () => {
    const { email } = await service.register();
    await failures(email, LIMIT);
    await service.call('POST', '/auth/password-reset', { body: { email } });
    const token = (await service.mailsTo(email)).at(-1)?.token;
    const form = { token, newPassword: 'a longer horse battery' };
    expectRefused(await login({ email, password: form.newPassword, from: newAddress() }));
    expect((await service.call('POST', '/auth/password-reset/confirm', { body: form })).status).toBe(200);
    expect((await login({ email, password: form.newPassword, from: newAddress() }, 1)).status).toBe(200);
  });

  it('are not forgotten for a token that resets nothing', async () => {
    const { email, password } = await service.register();
    await failures(email, LIMIT);
    const body = { token: 'never mailed', newPassword: 'a longer horse battery' };
    expect((await service.call('POST', '/auth/password-reset/confirm', { body })).status).toBe(400);
    expectRefused(await login({ email, password, from: newAddress() }));
  });

  it('are forgotten when an administrator enables the account', async () => {
    const { email, password, id } = await service.register();
    const { access_token: token } = await service.administrator();
    await service.call('POST', `/auth/users/${id}/disable`, { token });
    await failures(email, LIMIT);
    expectRefused(await login({ email, password, from: newAddress() }));
    expect((await service.call('POST', `/auth/users/${id}/enable`, { token })).status).toBe(200);
    expect((await login({ email, password, from: newAddress() })).status).toBe(200);
  });

  it("with another user's session are counted by the account: nobody opens a second lane with his own", async () => {
    const [{ email, password }, mallory] = [await service.register(), await service.register()];
    const { access_token: token } = await service.signIn(mallory);
    await failures(email, LIMIT);
    expectRefused(await login({ email, password, from: newAddress(), token }));
  });
});
