import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ApiClient, Device, register } from '@holdfast/fleet-client';
import { eventually, gateway } from './fleet.js';

const started = new Set<ChildProcess>();

/** What `nx serve <app>` runs: one app beside the running fleet. Answers its process and its own address. */
async function serve(
  app: string,
  env: Readonly<Record<string, string>>,
): Promise<{ app: ChildProcess; own: ApiClient }> {
  const home = process.env['HOLDFAST_E2E_HOME'];
  const child = spawn(process.execPath, ['tools/launcher/serve.mjs', app], {
    env: { ...process.env, NODE_OPTIONS: '', ...(home && { HOLDFAST_HOME: home }), ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
  const [, url = ''] = await eventually(() => Promise.resolve(/"url":"([^"]+)"/.exec(log) ?? undefined));
  return { app: child, own: new ApiClient(url) };
}

async function leave(app: ChildProcess): Promise<void> {
  if (app.exitCode !== null || app.signalCode !== null) return;
  const exited = once(app, 'exit');
  app.kill('SIGTERM');
  await exited;
}

describe('an app served beside the fleet', () => {
  // Asked to leave, and waited for: who is killed instead may verify sessions for all that anybody knows, so that each
  // logout of the specs after this one would wait for its word and not get it.
  afterEach(async () => {
    await Promise.all([...started].map(leave));
    started.clear();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'joins it, answers through the gateway, and on %s leaves it without failing a request',
    async (signal) => {
      const api = await gateway();
      const { app } = await serve('order', { INSTANCE_ID: 'order-beside' });
      await eventually(async () => {
        const { headers } = await api.call('GET', '/products');
        return headers.get('x-served-by') === 'order-beside' ? true : undefined;
      });
      const exited = once(app, 'exit');
      app.kill(signal);
      let failed = 0;
      while (app.exitCode === null && app.signalCode === null) {
        if ((await api.call('GET', '/products')).status !== 200) failed += 1;
      }
      expect(await exited).toEqual([0, null]);
      expect(failed).toBe(0);
    },
  );

  it('issues tokens that every service refuses once they have expired', async () => {
    const api = await gateway();
    const credentials = await register(api);
    const { own } = await serve('auth', { INSTANCE_ID: 'auth-beside', ACCESS_TOKEN_TTL_MS: '1000' });
    const device = (await Device.signIn(own, credentials)).at(api);
    for (const path of ['/auth/session', '/users/me', '/cart']) {
      expect((await device.call('GET', path)).status).toBe(200);
    }
    // Verifiers allow for clocks that differ by 5 seconds.
    await sleep(6_500);
    for (const path of ['/auth/session', '/users/me', '/cart']) {
      const { status, body, headers } = await device.call('GET', path);
      expect({ status, code: body['code'] }).toEqual({ status: 401, code: 'ERR_UNAUTHENTICATED' });
      expect(headers.get('www-authenticate')).toMatch(/^Bearer .*error="invalid_token"/);
    }
  });
});
