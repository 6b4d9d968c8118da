import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Device, register, type Credentials } from '@holdfast/fleet-client';
import { Administrator } from './administrators.js';
import { direct, eventually, gateway, over, processes } from './fleet.js';

/** What `device` is told on each instance of the order service. */
async function everywhere(device: Device): Promise<unknown[]> {
  const instances = await processes('order');
  const answers = await Promise.all(instances.map((one) => device.at(direct(one)).call('GET', '/orders')));
  return answers.map(({ status, body }) => body['endedBecause'] ?? status);
}

/** The token in the newest mail to an address. */
async function mailedToken(address: string): Promise<string> {
  const outbox = join(process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast', 'outbox');
  return eventually(async () => {
    const names = (await readdir(outbox).catch(() => [])).filter((name) => name.endsWith('.json'));
    const mails = await Promise.all(names.map((name) => readFile(join(outbox, name), 'utf8')));
    const mine = mails.map((mail) => JSON.parse(mail) as { to: string; token?: string });
    return mine.findLast(({ to, token }) => to === address && token !== undefined)?.token;
  });
}

async function status(credentials: Credentials): Promise<number> {
  const { email, password } = credentials;
  return (await (await gateway()).call('POST', '/auth/login', { body: { email, password } })).status;
}

describe('an account', () => {
  it('changes its password after a step-up, which ends every other session', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const [laptop, phone] = [await Device.signIn(api, credentials), await Device.signIn(api, credentials)];
    const body = { newPassword: `new-${randomUUID()}` };
    expect((await laptop.call('POST', '/auth/password', { body })).body).toMatchObject({
      status: 403,
      code: 'ERR_STEP_UP_REQUIRED',
    });
    const before = laptop.tokens.access_token;
    const stepUp = await laptop.call<Record<string, string>>('POST', '/auth/step-up', {
      body: { password: credentials.password },
    });
    expect(stepUp).toMatchObject({ status: 200, body: { sessionId: laptop.sessionId } });
    const token = stepUp.body['access_token'] ?? '';
    // The token from before is good, and is not raised.
    expect((await laptop.call('POST', '/auth/password', { token: before, body })).status).toBe(403);
    const receipt = await laptop.call('POST', '/auth/password', { token, body });
    expect(receipt.body).toMatchObject({ revoked: 1 });
    await over(receipt);
    expect(await everywhere(phone)).toEqual(['password-changed', 'password-changed']);
    expect((await laptop.call('GET', '/orders', { token })).status).toBe(200);
    expect(await status(credentials)).toBe(401);
    expect(await status({ ...credentials, password: body.newPassword })).toBe(200);
  });

  it('is got back by mail: once, and every session ends', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    for (const email of [credentials.email, `nobody-${randomUUID()}@example.test`]) {
      expect((await api.call('POST', '/auth/password-reset', { body: { email } })).status).toBe(202);
    }
    const token = await mailedToken(credentials.email);
    const newPassword = `new-${randomUUID()}`;
    const confirm = () => api.call('POST', '/auth/password-reset/confirm', { body: { token, newPassword } });
    const both = await Promise.all([confirm(), confirm()]);
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 400]);
    await over(both.find((answer) => answer.status === 200) ?? { body: {} });
    expect(await everywhere(device)).toEqual(['password-changed', 'password-changed']);
    expect(await status({ ...credentials, password: newPassword })).toBe(200);
  });

  it('loses what its role gave at once, on every instance, and gains with a new token only', async () => {
    const api = await gateway();
    const admin = await Administrator.signIn();
    const ada = await Device.ofNewUser(api);
    const { body: me } = await ada.call<{ id: string }>('GET', '/users/me');
    const roles = (list: string[]) => admin.call('PUT', `/auth/users/${me.id}/roles`, { roles: list });
    expect((await roles(['user', 'admin'])).status).toBe(200);
    expect((await ada.call('GET', '/users')).status).toBe(403);
    await ada.refresh();
    const instances = await processes('user');
    const onEach = () =>
      Promise.all(instances.map(async (one) => (await ada.at(direct(one)).call('GET', '/users')).status));
    expect(await onEach()).toEqual(instances.map(() => 200));
    expect((await roles(['user'])).status).toBe(200);
    expect(await onEach()).toEqual(instances.map(() => 403));
  });

  it('that is disabled is out everywhere, and back when it is enabled', async () => {
    const api = await gateway();
    const admin = await Administrator.signIn();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const disabled = await admin.call('POST', `/auth/users/${credentials.id}/disable`);
    expect(disabled).toMatchObject({ status: 200, body: { revoked: 1 } });
    await over(disabled);
    expect(await everywhere(device)).toEqual(['account-disabled', 'account-disabled']);
    expect((await device.presentRefresh()).body).toMatchObject({
      error: 'invalid_grant',
      endedBecause: 'account-disabled',
    });
    expect(await status(credentials)).toBe(401);
    expect((await admin.call('POST', `/auth/users/${credentials.id}/enable`)).status).toBe(200);
    expect(await status(credentials)).toBe(200);
  });

  it('is locked for strangers after five wrong passwords, and not for the device that is signed in', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const guess = () =>
      api.call('POST', '/auth/login', { body: { email: credentials.email, password: 'a wrong guess' } });
    for (let n = 0; n < 5; n += 1) expect((await guess()).status).toBe(401);
    const locked = await api.call('POST', '/auth/login', {
      body: { email: credentials.email, password: credentials.password },
    });
    expect(locked).toMatchObject({ status: 429, body: { code: 'ERR_RATE_LIMITED' } });
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0);
    await device.refresh();
    const stepUp = await device.call('POST', '/auth/step-up', { body: { password: credentials.password } });
    expect(stepUp.status).toBe(200);
  });
});
