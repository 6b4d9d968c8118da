import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { Browser, Device, register } from '@holdfast/fleet-client';
import { Administrator } from './administrators.js';
import { fleet, gateway } from './fleet.js';

const home = (): string => process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast';
const USER_AGENT = 'Mozilla/5.0 (dump-spec) Unmistakable/1.0';

/** Every byte that any Redis of the fleet has on its disk: its log holds each value that was ever written. */
async function everythingOnDisk(): Promise<Buffer> {
  const folder = join(home(), 'redis');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /aof|rdb/.test(entry.name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name)))));
}

/** What a value would look like: as text, and as the bytes that it stands for. */
function spellings(value: string): readonly Buffer[] {
  const isUuid = /^[0-9a-f-]{36}$/.test(value);
  const bytes = Buffer.from(isUuid ? value.replaceAll('-', '') : value, isUuid ? 'hex' : 'base64url');
  return [Buffer.from(value), ...(bytes.length >= 12 ? [bytes] : [])];
}

it('G13: what Redis has on its disks holds no ids, secrets, e-mails, roles, browsers or carts', async () => {
  const api = await gateway();
  const { admin } = await fleet();
  const credentials = await register(api);
  const headers = { 'user-agent': USER_AGENT };
  const device = await Device.signIn(api, credentials);
  const before = device.tokens;
  await device.call('POST', '/cart/items/espresso-cup/add', { body: { by: 1 }, headers });
  await device.call('PUT', '/users/me/preferences', { body: { locale: 'rm-CH', currency: 'CHF' } });
  await device.refresh();
  await device.stepUp(credentials);
  const browser = await Browser.guest(api);
  await browser.call('POST', '/cart/items/hand-grinder/add', { body: { by: 2 }, headers });
  const guest = { cookie: browser.cookie ?? '', sessionId: browser.sessionId ?? '' };
  await browser.signIn(credentials, true);
  const administrator = await Administrator.signIn();
  await administrator.call('PUT', `/auth/users/${credentials.id}/roles`, {
    body: { roles: ['user', 'support'] },
  });
  await device.call('POST', '/auth/logout');

  const dump = await everythingOnDisk();
  // It is there: by the keyed hash of a user, under the names of keys.
  expect(dump.includes('hf:{')).toBe(true);
  const hidden = {
    userId: credentials.id,
    email: credentials.email,
    adminEmail: admin.email,
    password: credentials.password,
    sessionId: before.sessionId,
    guestSessionId: guest.sessionId,
    browserSessionId: browser.sessionId ?? '',
    refreshSecret: before.refresh_token.slice(-70, -28),
    laterRefreshSecret: device.tokens.refresh_token.slice(-70, -28),
    cookieSecret: (browser.cookie ?? '').slice(-43),
    guestCookieSecret: guest.cookie.slice(-43),
    accessToken: before.access_token.slice(0, 60),
    browser: 'Unmistakable',
    address: '127.0.0.1"',
    role: 'support',
    product: 'espresso-cup',
    guestsProduct: 'hand-grinder',
    locale: 'rm-CH',
  };
  for (const [what, value] of Object.entries(hidden)) {
    expect([what, value.length > 3, spellings(value).some((bytes) => dump.includes(bytes))]).toEqual([
      what,
      true,
      false,
    ]);
  }
});
