import { randomUUID } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Browser, Device, register } from '@holdfast/fleet-client';
import { Administrator } from './administrators.js';
import { fleet, gateway } from './fleet.js';

const home = (): string => process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast';

/** Everything that the processes of the fleet wrote since they started. */
async function logs(): Promise<string> {
  const folder = join(home(), 'logs');
  const names = await readdir(folder);
  return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
}

/** What must never stand in a log, whatever made it. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  'a signed token': /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{40,}/,
  'a refresh token': /(?<![\w-])[\w-]{140}(?![\w-])/,
  'a cookie': /__Host-session=[\w-]{20,}/,
  'a private key': /PRIVATE KEY|"d":\s*"[\w-]{43}"/,
  'a password hash': /\$argon2/,
  credentials: /(authorization|cookie)["':\s]+(bearer|basic|__host)/i,
};

describe('secrets', () => {
  it('stand in no log: no password, token, cookie, code or key, of good requests and of bad ones', async () => {
    const api = await gateway();
    const { admin } = await fleet();
    const credentials = await register(api);
    const device = await Device.signIn(api, credentials);
    const browser = await Browser.signIn(api, credentials);
    const administrator = await Administrator.signIn();
    const used = { ...device.tokens, cookie: browser.cookie ?? '' };
    await device.stepUp(credentials);
    await device.refresh();
    const wrong = `wrong-${randomUUID()}`;
    await api.call('POST', '/auth/login', { body: { ...credentials, password: wrong } });
    await api.call('POST', '/auth/login', { body: { ...credentials, password: { deep: wrong } } });
    await api.call('POST', `/auth/login?password=${wrong}`, { body: credentials });
    await api.call('GET', `/cart?access_token=${device.tokens.access_token}`);
    await api.call('GET', '/cart', { token: `${device.tokens.access_token}x` });
    await api.call('POST', '/oauth/token', {
      form: { refresh_token: used.refresh_token, grant_type: wrong },
    });
    await api.call('POST', '/auth/password-reset', { body: { email: credentials.email } });
    await administrator.call('POST', `/auth/users/${credentials.id}/disable`);

    const written = await logs();
    expect(written.length).toBeGreaterThan(1_000);
    const { password } = credentials;
    const values = { password, wrong, adminPassword: admin.password, email: credentials.email, ...used };
    const { sessionId: _public, expires_in: _seconds, ...secret } = values as Record<string, unknown>;
    for (const [name, value] of Object.entries(secret)) {
      if (typeof value === 'string') expect([name, written.includes(value)]).toEqual([name, false]);
    }
    for (const [name, shape] of Object.entries(SHAPES)) {
      expect([name, shape.exec(written)?.[0]]).toEqual([name, undefined]);
    }
    const own = JSON.parse(await readFile(join(home(), 'secrets.json'), 'utf8')) as Record<string, string>;
    for (const [name, value] of Object.entries(own)) {
      if (name !== 'adminEmail') expect([name, written.includes(value)]).toEqual([name, false]);
    }
  });

  it('are readable by their owner only, wherever they lie', async () => {
    for (const name of ['secrets.json', 'run.json', 'env', 'logs', 'outbox']) {
      const { mode } = await stat(join(home(), name));
      expect([name, mode & 0o077]).toEqual([name, 0]);
    }
  });
});
