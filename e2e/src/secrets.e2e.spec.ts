import { randomUUID } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Browser, Device, register } from '@holdfast/fleet-client';
import { Administrator } from './administrators.js';
import { fleet, gateway } from './fleet.js';
import { leaksIn, logsOf } from './log-leaks.js';

const home = (): string => process.env['HOLDFAST_E2E_HOME'] ?? '.holdfast';

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mode }) => mode,
    () => undefined,
  );
}

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

    const written = await logsOf(home());
    expect(written.length).toBeGreaterThan(1_000);
    const { password } = credentials;
    const values = { password, wrong, adminPassword: admin.password, email: credentials.email, ...used };
    const { sessionId: _public, expires_in: _seconds, ...secret } = values as Record<string, unknown>;
    for (const [name, value] of Object.entries(secret)) {
      if (typeof value === 'string') expect([name, written.includes(value)]).toEqual([name, false]);
    }
    expect(await leaksIn(home())).toEqual([]);
  });

  it('are readable by their owner only, wherever they lie', async () => {
    const entries = await readdir(home(), { recursive: true, withFileTypes: true });
    const seen = entries.filter((entry) => entry.isFile() || entry.isDirectory());
    expect(seen.length).toBeGreaterThan(20);
    for (const entry of seen) {
      const path = join(entry.parentPath, entry.name);
      const mode = await modeOf(path);
      // A database deletes files while we look.
      if (mode !== undefined) expect([path, mode & 0o077]).toEqual([path, 0]);
    }
  });
});
